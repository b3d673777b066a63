// What `require "kong"` gives: the table that nginx calls Kong by, and not the PDK, which is the global `kong` (kong/init.lua, tags 2.0.5 to 3.9.3).
import { isAtLeast, type KongVersion } from './versions';

const ENTRIES: ReadonlySet<string> = new Set([
  ...['init', 'init_worker', 'exit_worker', 'ssl_certificate', 'ssl_client_hello', 'preread', 'rewrite', 'access', 'balancer'],
  ...['response', 'header_filter', 'body_filter', 'log', 'handle_error', 'admin_content', 'admin_header_filter', 'stream_api'],
  ...['admin_gui_kconfig_content', 'admin_gui_log', 'status_content', 'status_header_filter', 'serve_admin_api'],
  ...['serve_cluster_listener', 'serve_cluster_rpc_listener', 'serve_wrpc_listener', 'stream_config_listener'],
]);

/** The functions of that table; undefined for a Kong of which they are not known. */
export function entriesOf(version: KongVersion): ReadonlySet<string> | undefined {
  return isAtLeast(version, '2.0') ? ENTRIES : undefined;
}
