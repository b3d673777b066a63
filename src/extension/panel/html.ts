// The troubleshooting page's HTML: static, no data in it; the page is fed by messages.

/** Addresses of the page's script and style, and what its Content-Security-Policy lets in. */
export interface PageSources {
  script: string;
  style: string;
  /** Origin that styles come from; scripts run by nonce only. */
  cspSource: string;
  nonce: string;
}

const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** The whole document. Nothing may be loaded but our script and our style; nothing may be sent, framed or submitted. */
export function panelHtml({ script, style, cspSource, nonce }: PageSources): string {
  const csp = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${attribute(csp)}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Kong Troubleshooting</title>
  <link rel="stylesheet" href="${attribute(style)}">
</head>
<body>
  <header id="bar">
    <h1 id="source"></h1>
    <p id="summary" role="status" aria-live="polite"></p>
    <button id="cancel" type="button" class="quiet" hidden>Cancel</button>
    <span class="grow"></span>
    <button id="follow" type="button" class="quiet" aria-pressed="false" hidden>Follow</button>
    <select id="history" aria-label="Past diagnoses" hidden></select>
    <button id="copy" type="button" class="quiet" hidden>Copy as Markdown</button>
    <button id="clear" type="button" class="quiet" hidden>Clear</button>
  </header>
  <section id="empty" aria-label="Feed a log">
    <h2>What did Kong say?</h2>
    <p>Paste the output of <code>kong start</code>, an <code>error.log</code> or <code>docker logs</code>, or drop a file here.</p>
    <textarea id="paste" rows="4" spellcheck="false" aria-label="Log text" placeholder="Paste log text here"></textarea>
    <p class="buttons">
      <button id="diagnose" type="button" disabled>Diagnose</button>
      <button type="button" class="second" data-from="clipboard">From Clipboard</button>
      <button type="button" class="second" data-from="file">Open File…</button>
      <button type="button" class="second" data-from="node">From a Node…</button>
    </p>
  </section>
  <main id="result" hidden>
    <section id="cards" role="feed" aria-label="Findings" tabindex="-1"></section>
    <section id="log" aria-label="Log">
      <div class="tools">
        <input id="filter" type="search" placeholder="Search log" aria-label="Search log" title="Enter and Shift+Enter go from match to match" spellcheck="false">
        <label><input id="matches" type="checkbox" checked> Matches only</label>
        <label><input id="decisive" type="checkbox"> Decisive only</label>
        <label id="own-label" hidden title="Only what plugins said with kong.log"><input id="own" type="checkbox"> Plugins’ own</label>
        <button id="request" type="button" class="quiet" aria-pressed="false" title="Only the lines of the request that the marked line belongs to" hidden>This request</button>
        <span id="count" role="status" aria-live="polite"></span>
        <span class="grow"></span>
        <span class="steps"><button id="previous" type="button" class="quiet" aria-label="Previous decisive line" title="Previous decisive line">↑</button><button id="next" type="button" class="quiet" aria-label="Next decisive line" title="Next decisive line">↓</button></span>
      </div>
      <div id="timeline" role="group" aria-label="Minutes of the log" hidden></div>
      <div id="rows" role="region" aria-label="Log lines" tabindex="0"><div id="sizer"></div></div>
    </section>
  </main>
  <div id="dropzone" hidden>Drop the log to diagnose it</div>
  <script nonce="${attribute(nonce)}" src="${attribute(script)}"></script>
</body>
</html>
`;
}
