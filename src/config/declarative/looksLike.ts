// Which texts are configurations that are checked here. It loads nothing: every YAML and JSON file of a folder, and each that is opened, is asked about.

/** Whether a text may be a configuration that is checked here, told without reading it whole. */
export function looksLikeConfiguration(text: string): boolean {
  return /^[^\S\r\n]*["']?_format_version["']?\s*:|[{,]\s*"_format_version"\s*:|^["']?kind["']?\s*:\s*["']?Kong(?:Cluster)?Plugin\b|"kind"\s*:\s*"Kong(?:Cluster)?Plugin"/m.test(
    text,
  );
}

/** Whether a path may be that of a configuration. */
export const mayBeConfiguration = (path: string): boolean => /\.(?:ya?ml|json)$/i.test(path);

/** The name that Kong's own documents give to the file. */
const USUAL_NAME = /(?:^|[/\\])kong\.ya?ml$/i;
/** What names a part at the top of a block of YAML. */
const TOP_NAME = /^["']?([\w-]+)["']?[^\S\r\n]*:(?=\s|$)/gm;
/** Names at the top that only Kong's file has beside others. */
const OWN_NAMES = ['_transform', 'services', 'routes', 'consumers', 'plugins', 'upstreams', 'certificates', 'vaults'];
/** Services by their names, as Docker Compose has them; Kong's are a list. */
const MAP_OF_SERVICES =
  /^["']?services["']?[^\S\r\n]*:[^\S\r\n]*(?:#.*)?(?:\r?\n[^\S\r\n]*(?:#.*)?)*\r?\n[^\S\r\n]+["']?[\w.-]+["']?[^\S\r\n]*:/m;

/** Whether a file is a configuration: it says so or, called kong.yml, says nothing that makes it another. */
export function isConfiguration(path: string, text: string): boolean {
  if (!mayBeConfiguration(path)) return false;
  if (looksLikeConfiguration(text)) return true;
  if (!USUAL_NAME.test(path)) return false;
  const names = Array.from(text.matchAll(TOP_NAME), ([, name = '']) => name);
  return names.length === 0 || (names.some((name) => OWN_NAMES.includes(name)) && !MAP_OF_SERVICES.test(text));
}
