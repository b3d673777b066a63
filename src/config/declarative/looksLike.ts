// Which texts are configurations that are checked here. It loads nothing: every YAML and JSON file of a folder is asked about.

/** Whether a text may be a configuration that is checked here, told without reading it whole. */
export function looksLikeConfiguration(text: string): boolean {
  return /^[^\S\r\n]*["']?_format_version["']?\s*:|[{,]\s*"_format_version"\s*:|^["']?kind["']?\s*:\s*["']?Kong(?:Cluster)?Plugin\b|"kind"\s*:\s*"Kong(?:Cluster)?Plugin"/m.test(
    text,
  );
}
