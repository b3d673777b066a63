// What stands between Kong and the person who reads its log: each function gives a log as that thing would show it.

type Wrap = (log: string) => string;

const TIME = '2026-11-22T09:44:37.123456789Z';
const lines = (log: string): string[] => log.replace(/\n$/, '').split('\n');
const each =
  (wrap: (line: string, index: number) => string): Wrap =>
  (log) =>
    lines(log).map(wrap).join('\n');

export const WRAPPINGS: Readonly<Record<string, Wrap>> = {
  'line ends of Windows': each((line) => `${line}\r`),
  'docker compose': each((line) => `kong-gateway-1  | ${line}`),
  'docker compose, old, coloured': each((line) => `\x1b[36mkong_1       |\x1b[0m ${line}`),
  'docker logs --timestamps': each((line) => `${TIME} ${line}`),
  'kubectl logs --prefix': each((line) => `[pod/kong-kong-6d9f7c-x2lq9/proxy] ${line}`),
  'kubectl logs --prefix --timestamps': each((line) => `[pod/kong-kong-6d9f7c-x2lq9/proxy] ${TIME} ${line}`),
  'CRI log file': each((line) => `${TIME} stderr F ${line}`),
  'CRI log file, lines in two parts': each(
    (line) =>
      `${TIME} stderr P ${line.slice(0, Math.floor(line.length / 2))}\n${TIME} stderr F ${line.slice(Math.floor(line.length / 2))}`,
  ),
  journald: each((line) => `Nov 22 09:44:37 gateway kong[31651]: ${line}`),
  'journald, ISO times': each((line) => `2026-11-22T09:44:37+0000 gateway.example.com kong[31651]: ${line}`),
  'syslog, RFC 5424': each((line) => `<30>1 2026-11-22T09:44:37.003Z gateway kong 31651 - - ${line}`),
  'docker json-file': each((line) => JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: TIME })),
  'docker json-file, cut at 64 characters': each((line) =>
    (line.match(/.{1,64}/gs) ?? [''])
      .map((part, i, all) => JSON.stringify({ log: i === all.length - 1 ? `${part}\n` : part, stream: 'stderr', time: TIME }))
      .join('\n'),
  ),
  'fluent-bit JSON': each((line) =>
    JSON.stringify({ '@timestamp': TIME, log: line, kubernetes: { pod_name: 'kong', labels: { app: 'kong' } } }),
  ),
  'journald JSON': each((line) => JSON.stringify({ __REALTIME_TIMESTAMP: '1', _HOSTNAME: 'gateway', MESSAGE: line })),
  'cloud logging JSON': each((line) => JSON.stringify({ insertId: 'x', severity: 'ERROR', textPayload: line, timestamp: TIME })),
  'one JSON string for all': (log) => JSON.stringify({ level: 'error', time: TIME, message: log }),
  'colours everywhere': each((line) => `\x1b[31m${line}\x1b[0m`),
  'quoted in Markdown': each((line) => `> ${line}`),
  'indented code': each((line) => `    ${line}`),
  'doubled lines': (log) => `${log}\n${log}`,
  'other output around it': (log) => `root@host:~# docker logs kong\n${log}\nroot@host:~# `,
  'lines that lost their breaks': (log) => lines(log).join(' '),
  stern: each((line) => `kong-kong-6d9f7c-x2lq9 proxy ${line}`),
  'stern, coloured': each((line) => `\x1b[95mkong-kong-6d9f7c-x2lq9\x1b[0m \x1b[35mproxy\x1b[0m ${line}`),
  'stern, all namespaces': each((line) => `kong › kong-kong-6d9f7c-x2lq9 › proxy › ${line}`),
  'stern JSON': each((line) =>
    JSON.stringify({ message: line, nodeName: 'n', namespace: 'kong', podName: 'kong-6d9', containerName: 'proxy' }),
  ),
  'docker compose --timestamps': each((line) => `kong-gateway-1  | ${TIME} ${line}`),
  'journald, monotonic times': each((line) => `[ 9182.120034] gateway kong[31651]: ${line}`),
  'a CI runner with its time': each((line) => `2026-11-22T09:44:37.1234567Z ##[error]${line}`),
  'CloudWatch export': each((line) => `2026-11-22T09:44:37.123Z\t${line}`),
  'logfmt of Loki': each((line) => `ts=${TIME} level=info component=kong msg=${JSON.stringify(line)}`),
  'a code fence': (log) => `It fails so:\n\`\`\`bash\n${log}\n\`\`\`\nWhat is wrong?`,
  'code in a line': each((line) => `\`${line}\``),
  bold: each((line) => `**${line}**`),
  'list items': each((line) => `- ${line}`),
  'numbered lines': each((line, i) => `${String(i + 1).padStart(6)}\t${line}`),
  'HTML entities': each((line) =>
    line.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/'/g, '&#39;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
  ),
  'spaces that do not break': each((line) => line.replace(/ /g, '\u00a0')),
  'quotes of a word processor': each((line) =>
    line.replace(/'([^']*)'/g, '\u2018$1\u2019').replace(/"([^"]*)"/g, '\u201c$1\u201d'),
  ),
  'broken at 100 letters by a terminal': each((line) => (line.match(/.{1,100}/gs) ?? ['']).join('\n')),
  'blank lines between': each((line) => `${line}\n`),
};
