// The normal form of a request path as Kong's router compares it: `normalize(path, true)` of kong/tools/uri.lua.

const RESERVED = new Set("!*'();:@&=+$,/?%#[]");

/** A path (bytes) without needless percent-encoding, dot segments and doubled slashes. */
export function normalizePath(path: string): string {
  if (path === '' || path === '/') return path;
  const decoded = path.replaceAll(/%([\dA-F]{2})/gi, (whole, hex: string) => {
    const char = String.fromCharCode(parseInt(hex, 16));
    return RESERVED.has(char) ? whole.toUpperCase() : char;
  });
  return decoded.includes('.') || decoded.includes('//') ? withoutDots(decoded) : decoded;
}

function withoutDots(path: string): string {
  const output: string[] = [];
  let rest = path;
  while (rest !== '') {
    if (rest === '/.') rest = '/';
    else if (rest === '/..') {
      rest = '/';
      output.pop();
    } else if (rest === '.' || rest === '..') rest = '';
    else if (rest.startsWith('../')) rest = rest.slice(3);
    else if (rest.startsWith('./') || rest.startsWith('/./')) rest = rest.slice(2);
    else if (rest.startsWith('/../')) {
      rest = rest.slice(3);
      output.pop();
    } else if (rest.startsWith('//')) rest = rest.slice(1);
    else {
      const next = rest.indexOf('/', 1);
      const end = next < 0 ? rest.length : next;
      output.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
  }
  return output.join('');
}
