// The echo upstream of a development node: a server in Kong's own nginx that answers with what reached it, and tells of it afterwards.
import { adminClient, asObject, type Json } from '../../kong/adminClient';
import type { Node, NodeFacts } from '../node';

/** What reached it of one request. */
export interface Received {
  method: string;
  /** As it came, with the query. */
  path: string;
  /** Names in lower case; the values of one that came more than once with commas between them. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** One request that reached it. */
export interface EchoTrip {
  received: Received;
  /** Whether it came by the address that has no plugins before it. */
  plain: boolean;
  /** The body that it answered with. */
  answered: string;
}

/** What it tells of the requests that reached it. */
export interface Echo {
  /** The number of the last one. */
  last(signal?: AbortSignal): Promise<number>;
  /** Those behind a number, oldest first. */
  since(number: number, signal?: AbortSignal): Promise<EchoTrip[]>;
}

/** Where nginx finds it in the container. */
export const ECHO_FILE = '/opt/kong-plugin-echo.conf';
/** The setting that has Kong's nginx read it, the same in 2.8 and 3.x (nginx_http_*). */
export const INCLUDE_VARIABLE = 'KONG_NGINX_HTTP_INCLUDE';

/** Its two addresses for services: what is before the first is tried, nothing is to stand before the second. */
export const ECHO_ADDRESS = '127.0.0.1:18610';
export const PLAIN_ADDRESS = '127.0.0.1:18611';
const TELLING_ADDRESS = '127.0.0.1:18612';

/** Of a body so many bytes are kept, and so many requests are told of at once. */
const BODY_BYTES = 100_000;
const MOST_TOLD = 50;

/** The nginx configuration of it, for a file that the block `http` includes. */
export const ECHO_CONFIGURATION = `# Written by kong-plugin dev: an upstream to try plugins with. It answers with what reached it.
lua_shared_dict kong_plugin_echo 8m;
server {
  server_name kong_plugin_echo;
  listen ${ECHO_ADDRESS};
  listen ${PLAIN_ADDRESS};
  access_log off;
  client_max_body_size 0;
  location / {
    default_type application/json;
    content_by_lua_block {
      local cjson = require "cjson.safe"
      ngx.req.read_body()
      local body = ngx.req.get_body_data()
      if not body then
        local path = ngx.req.get_body_file()
        local file = path and io.open(path, "rb")
        body = file and file:read(${BODY_BYTES}) or ""
        if file then file:close() end
      end
      local headers = {}
      for name, value in pairs(ngx.req.get_headers(0)) do
        headers[name] = type(value) == "table" and table.concat(value, ", ") or tostring(value)
      end
      local received = { method = ngx.req.get_method(), path = ngx.var.request_uri, headers = headers, body = body:sub(1, ${BODY_BYTES}) }
      local answer = cjson.encode(received) .. "\\n"
      local trips = ngx.shared.kong_plugin_echo
      local number = trips:incr("last", 1, 0)
      trips:set(number, cjson.encode { received = received, port = ngx.var.server_port, answered = answer })
      ngx.print(answer)
    }
  }
}
server {
  server_name kong_plugin_echo_tells;
  listen ${TELLING_ADDRESS};
  access_log off;
  location / {
    default_type application/json;
    content_by_lua_block {
      local trips = ngx.shared.kong_plugin_echo
      local last = trips:get("last") or 0
      local list = {}
      for number = math.max((tonumber(ngx.var.arg_after) or last) + 1, last - ${MOST_TOLD - 1}), last do
        list[#list + 1] = trips:get(number)
      end
      ngx.print('{"last":', last, ',"trips":[', table.concat(list, ","), ']}')
    }
  }
}
`;

/** The value of the setting that includes it, beside what somebody else includes by it. */
export function includingEcho(value: string | undefined): string {
  return value === undefined || value === '' ? ECHO_FILE : `${value}; include ${ECHO_FILE}`;
}

/** The echo upstream of a node; undefined when it has none. */
export async function echoOf(node: Node, { env, running }: NodeFacts): Promise<Echo | undefined> {
  if (!running || !(env[INCLUDE_VARIABLE] ?? '').includes(ECHO_FILE)) return undefined;
  const transport = await node.listener?.(TELLING_ADDRESS);
  if (transport === undefined) return undefined;
  const client = adminClient(transport);
  return {
    async last(signal) {
      const { last } = asObject(await client.get('/', signal));
      return typeof last === 'number' ? last : 0;
    },
    async since(number, signal) {
      const { trips } = asObject(await client.get(`/?after=${number}`, signal));
      return Array.isArray(trips) ? trips.map(tripOf) : [];
    },
  };
}

function tripOf(value: Json): EchoTrip {
  const { received, port, answered } = asObject(value);
  const { method, path, headers, body } = asObject(received);
  return {
    received: {
      method: textOf(method),
      path: textOf(path),
      headers: Object.fromEntries(
        Object.entries(asObject(headers))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, text]) => [name, textOf(text)]),
      ),
      body: textOf(body),
    },
    plain: PLAIN_ADDRESS.endsWith(`:${textOf(port)}`),
    answered: textOf(answered),
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
