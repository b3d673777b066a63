// Where commands stand besides the palette: in the menus of views, items, files and editors.
import { ITEMS, VIEWS } from './names';

/** Where a command stands besides the palette. */
export interface Placement {
  menu: 'view/title' | 'view/item/context' | 'explorer/context' | 'editor/title' | 'editor/context' | 'editor/title/context';
  when: string;
  group: string;
}

/** On an item of a view; with a word, only where the item says it. */
const itemOf =
  (view: string, item: string) =>
  (group: string, word = ''): Placement => ({
    menu: 'view/item/context',
    when: `view == ${view} && viewItem =~ /^${item}\\b${word === '' ? '' : `.*\\b${word}\\b`}/`,
    group,
  });
/** On a plugin in the Plugins view; with a word, only where its item says it. */
export const pluginItem = itemOf(VIEWS.plugins, ITEMS.plugin);
/** On an archive in the Plugins view. */
export const archiveItem = (group: string): Placement => ({
  menu: 'view/item/context',
  when: `view == ${VIEWS.plugins} && viewItem == ${ITEMS.archive}`,
  group,
});
/** On a node in the Nodes view; with a word, only where its item says it. */
export const nodeItem = itemOf(VIEWS.nodes, ITEMS.node);
/** On a plugin of a node in the Nodes view; with a word, only where its item says it. */
export const nodePluginItem = itemOf(VIEWS.nodes, ITEMS.nodePlugin);
/** On a use of a plugin in the Nodes view; with a word, only where its item says it. */
export const useItem = itemOf(VIEWS.nodes, ITEMS.use);
/** In the title bar of a view. */
export const title = (view: string, group: string): Placement => ({ menu: 'view/title', when: `view == ${view}`, group });
/** In the title bar of an open rockspec. */
export const rockspecTitle = (group: string): Placement => ({
  menu: 'editor/title',
  when: 'resourceExtname == .rockspec',
  group,
});
/** On a file in the explorer. */
export const inExplorer = (when: string, group = '6_kongPlugin'): Placement => ({ menu: 'explorer/context', when, group });

/** Plugins are looked for in folders. */
export const IN_FOLDER = 'workbenchState != empty';
/** Which files. */
export const ROCKSPEC = 'resourceExtname == .rockspec';
export const ARCHIVE = 'resourceFilename =~ /\\.(rock|tar\\.gz|tgz)$/';
/** A document that nobody saved yet, as those of configurations are. */
export const CONFIGURATION = 'resourceScheme == untitled && editorLangId == yaml';
export const LOG = 'resourceFilename =~ /\\.(log|txt|out)$/';
