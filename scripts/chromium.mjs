// The Chromium that the browser and editor tests drive: the system's, never a download.
import { which } from './programs.mjs';

/** Quiet flags: no sandbox (the tests may run as root) and no background traffic. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {string} path of the browser; throws when there is none */
export function findChromium() {
  const found =
    process.env['CHROMIUM'] ?? ['chromium', 'chromium-browser', 'google-chrome'].map(which).find((file) => file !== undefined);
  if (found === undefined) throw new Error('Chromium was not found: install the chromium package or set CHROMIUM to its path.');
  return found;
}
