// Where the Admin API of a Kong listens, from its admin_listen setting.

/** One listener of an admin_listen value. */
export interface AdminListener {
  host: string;
  port: number;
  ssl: boolean;
}

/** The listeners of an admin_listen value, plain ones first; none for `off`. */
export function adminListeners(value: string): AdminListener[] {
  const listeners = value.split(',').flatMap((entry): AdminListener[] => {
    const [address = '', ...flags] = entry.trim().split(/\s+/);
    const match = /^(.*):(\d+)$/.exec(address);
    if (match?.[1] === undefined || match[2] === undefined) return [];
    return [{ host: match[1], port: Number(match[2]), ssl: flags.includes('ssl') }];
  });
  return listeners.sort((a, b) => Number(a.ssl) - Number(b.ssl));
}

/** The address of a listener for a client on the same machine. */
export function localUrl(listener: AdminListener): string {
  const host = listener.host === '0.0.0.0' ? '127.0.0.1' : listener.host === '[::]' ? '[::1]' : listener.host;
  return `${listener.ssl ? 'https' : 'http'}://${host}:${listener.port}`;
}
