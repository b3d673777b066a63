// Elements from data: text only ever becomes text.
import { visible } from './visible';

type Child = HTMLElement | string | null;

/** Attributes by name; false and null leave one out. `onClick` is a listener. */
export interface Attributes {
  onClick?: () => void;
  [name: string]: string | number | boolean | null | (() => void) | undefined;
}

/** A new element with attributes and children; strings become text nodes, made visible first. */
export function element(tag: keyof HTMLElementTagNameMap, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener('click', value);
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== null) node.append(typeof child === 'string' ? visible(child) : child);
  return node;
}

/** The element of the static page with this id. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const node = document.getElementById(id);
  if (!(node instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return node;
}
