// On every container, image, volume and network of the tests; nothing without it is ever touched.
export const LABEL = 'kong-plugin-workbench.test';
