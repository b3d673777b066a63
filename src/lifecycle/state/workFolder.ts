// Where we keep what we know of a node: on the node itself.

/** Where our files on a node are: in Kong's prefix, which whoever runs Kong can write. */
export function workFolder(prefix: string): string {
  return `${prefix}/.kong-plugin-workbench`;
}
