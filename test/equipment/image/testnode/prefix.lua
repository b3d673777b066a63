-- Test equipment: the prefix directory with its nginx files, as `kong prepare` leaves it.
local sys = require "testnode.sys"
local conf = require "testnode.conf"

local FOLDERS = { "", "/logs", "/pids", "/sockets", "/ssl", "/dbless.lmdb", "/client_body_temp", "/proxy_temp", "/fastcgi_temp", "/uwsgi_temp", "/scgi_temp" }

local prefix = {}

local function directives(values, block, skip)
  local names = {}
  for name in pairs(values) do
    local directive = name:match("^nginx_" .. block .. "_(.+)$")
    if directive and not (skip and skip[directive]) and type(values[name]) == "string" and values[name] ~= "" and values[name] ~= "NONE" then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  local lines = {}
  for _, name in ipairs(names) do
    lines[#lines + 1] = "  " .. name:match("^nginx_" .. block .. "_(.+)$") .. " " .. values[name] .. ";"
  end
  return table.concat(lines, "\n")
end

local function listens(value, refused)
  local lines = {}
  for _, entry in ipairs(value == "off" and {} or conf.list(value)) do
    local address = entry:match("^(%S+)")
    if not entry:find("ssl") and not (refused and entry:find(refused)) then
      lines[#lines + 1] = "    listen " .. address .. (entry:find("reuseport") and " reuseport" or "") .. ";"
    end
  end
  return #lines > 0 and table.concat(lines, "\n")
end

local MAIN = [[
pid pids/nginx.pid;
error_log %s %s;
user %s;
daemon %s;
worker_processes %s;
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
env KONG_PREFIX;
%s
events {
  worker_connections 1024;
}
http {
  include 'nginx-kong.conf';
}
]]

local HTTP = [[
client_body_temp_path client_body_temp;
proxy_temp_path proxy_temp;
fastcgi_temp_path fastcgi_temp;
uwsgi_temp_path uwsgi_temp;
scgi_temp_path scgi_temp;
server_tokens off;
access_log %s;
lua_package_path '%s;%s;;';
lua_package_cpath '%s;;';
lua_shared_dict kong 5m;
lua_shared_dict kong_db_cache 16m;
lua_shared_dict prometheus_metrics 5m;
%s
init_by_lua_block {
  Kong = require 'kong'
  Kong.init()
}
init_worker_by_lua_block {
  Kong.init_worker()
}
]]

local PROXY = [[
server {
  server_name kong;
%s
  access_log %s;
  rewrite_by_lua_block { Kong.rewrite() }
  access_by_lua_block { Kong.access() }
  header_filter_by_lua_block { Kong.header_filter() }
  body_filter_by_lua_block { Kong.body_filter() }
  log_by_lua_block { Kong.log() }
  location / {
    default_type '';
    set $upstream_uri '';
    set $upstream_target '';
    proxy_http_version 1.1;
    proxy_set_header Host $upstream_target;
    proxy_pass http://$upstream_target$upstream_uri;
  }
%s
}
]]

local ADMIN = [[
server {
  server_name kong_admin;
%s
  access_log %s;
  client_max_body_size 10m;
  client_body_buffer_size 10m;
  location / {
    default_type application/json;
    content_by_lua_block {
      Kong.admin_content()
    }
  }
}
]]

local STATUS = [[
server {
  listen %s;
  access_log off;
  location = /status { default_type application/json; content_by_lua_block { Kong.admin_content() } }
}
]]

local function nginx_files(values)
  local lua_path = os.getenv("LUA_PATH") or ""
  local main = MAIN:format(
    values.proxy_error_log or "logs/error.log",
    values.log_level,
    sys.is_root() and "kong kong" or (values.nginx_main_user or "kong kong"),
    values.nginx_main_daemon or values.nginx_daemon or "on",
    values.nginx_main_worker_processes or values.nginx_worker_processes or "auto",
    directives(values, "main", { user = true, daemon = true, worker_processes = true, worker_rlimit_nofile = true })
  )
  local http = HTTP:format(
    values.proxy_access_log or "logs/access.log",
    values.lua_package_path,
    lua_path,
    values.lua_package_cpath or "",
    directives(values, "http", { charset = true, ssl_dhparam = true, ssl_protocols = true, ssl_session_tickets = true, ssl_session_timeout = true, ssl_prefer_server_ciphers = true })
  )
  local proxy = listens(values.proxy_listen)
  if proxy then
    http = http .. PROXY:format(proxy, values.proxy_access_log or "logs/access.log", directives(values, "proxy", { real_ip_header = true, real_ip_recursive = true }))
  end
  local admin = listens(values.admin_listen)
  if admin then
    http = http .. ADMIN:format(admin, values.admin_access_log or "logs/admin_access.log")
  end
  local status = (values.status_listen or "off"):match("^(%S+:%d+)")
  if status then
    http = http .. STATUS:format(status)
  end
  return main, http
end

--- Makes the prefix ready for nginx. Returns true, or nil and a sentence.
function prefix.prepare(values)
  local root = values.prefix
  if not sys.exists(root) then
    io.stderr:write("prefix directory " .. root .. " not found, trying to create it\n")
  end
  for _, folder in ipairs(FOLDERS) do
    if not sys.exists(root .. folder) then
      local code, output = sys.run("mkdir -p " .. sys.quote(root .. folder))
      if code ~= 0 then
        return nil, "could not create prefix folder: " .. output:gsub("%s+$", "")
      end
    end
  end
  local main, http = nginx_files(values)
  for name, text in pairs { ["/nginx.conf"] = main, ["/nginx-kong.conf"] = http } do
    local ok, err = sys.write(root .. name, text)
    if not ok then
      return nil, err
    end
  end
  local ok, err = sys.write(root .. "/.kong_env", conf.to_env(values), 416) -- 0640
  if not ok then
    return nil, err
  end
  local code, output = sys.run("KONG_NGINX_CONF_CHECK=true nginx -e logs/error.log -t -p " .. sys.quote(root) .. " -c nginx.conf")
  if code ~= 0 then
    return nil, "nginx configuration is invalid (exit code " .. code .. "):\n" .. output
  end
  return true
end

--- The process id of the master that runs in this prefix.
function prefix.running(root)
  local pid = tonumber((sys.read(root .. "/pids/nginx.pid") or ""):match("%d+"))
  return pid and sys.alive(pid) and pid or nil
end

return prefix
