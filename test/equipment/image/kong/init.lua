-- Test equipment: what Kong does inside nginx: it loads the plugins in init, runs their phases, serves the Admin API.
local cjson = require "cjson"
local conf_loader = require "testnode.conf"
local store = require "testnode.store"
local plugins = require "kong.db.dao.plugins"
local declarative = require "kong.db.declarative"
local iterator = require "testnode.iterator"
local debugging = require "testnode.debugging"
local version = require("kong.meta")._VERSION

local is_2 = version:find("^2") ~= nil

local Kong = {}

--- What went wrong while this worker began; Kong serves all the same, and warns with each request.
local init_worker_errors = {}

local function stash_init_worker_error(err)
  table.insert(init_worker_errors, tostring(err))
  ngx.log(ngx.CRIT, "worker initialization error: ", err, "; this node must be restarted")
end

local function warn_of_init_worker_errors()
  if init_worker_errors[1] then
    local errors = table.concat(init_worker_errors, ", ")
    ngx.log(ngx.ALERT, "unsafe request processing due to earlier initialization errors; this node must be restarted (", errors, ")")
  end
end

--- From 3.0 on Kong's timers are those of lua-resty-timer-ng, which names errors in its own words.
local function use_timer_ng()
  local counter = 0
  for _, name in ipairs { "at", "every" } do
    local native = ngx.timer[name]
    ngx.timer[name] = function(delay, callback, ...)
      counter = counter + 1
      local title = ("unix_timestamp=%.6f;counter=%d:meta=debug off"):format(ngx.now() * 1000, counter)
      return native(delay, function(...)
        local ok, err = pcall(callback, ...)
        if not ok then
          ngx.log(ngx.ERR, "[timer-ng] failed to run timer ", title, ": ", err)
        end
      end, ...)
    end
  end
end

--- DB-less: the declarative file or text, or what was last posted to /config.
local function load_declarative(config)
  if config.declarative_config ~= "" then
    local rows, err = declarative.parse_file(config.declarative_config, plugins)
    if not rows then
      error("error parsing declarative config file " .. config.declarative_config .. ":\n" .. err)
    end
    store.use(config, rows)
  elseif (config.declarative_config_string or "") ~= "" then
    local rows, err = declarative.parse_text(config.declarative_config_string, plugins)
    if not rows then
      error("error parsing declarative config string:\n" .. err)
    end
    store.use(config, rows)
  else
    store.restore(config)
  end
end

local function check_in_use(config)
  for _, row in ipairs(store.rows(config).plugins) do
    if not config.loaded_plugins[row.name] then
      error("error building initial plugins: " .. row.name .. " plugin is in use but not enabled")
    end
  end
end

function Kong.init()
  local prefix = os.getenv("KONG_PREFIX") or ngx.config.prefix()
  local config = assert(conf_loader.from_prefix((prefix:gsub("/+$", ""))))
  if config.database == "postgres" then
    local database = require "testnode.database"
    local rows, err = database.read(config)
    if err == "bootstrap" then
      error("Database needs bootstrapping or is older than Kong 1.0.")
    elseif not rows or database.refusal(config, rows) then
      error(err or database.refusal(config, rows))
    end
  end
  kong = require("kong.pdk").new(config)
  plugins.strategy = config.database
  assert(plugins:load_plugin_schemas(config.loaded_plugins))
  if config.database == "off" then
    load_declarative(config)
  else
    check_in_use(config)
  end
  Kong.config = config
  Kong.token = debugging.token(config)
end

--- DB-less: what the prefix kept may use a plugin that is gone from the list. Kong's workers then answer nothing.
local function check_kept(config)
  if config.database == "off" and not is_2 then
    local ok, err = pcall(check_in_use, config)
    if not ok then
      err = tostring(err):gsub("^.-: error building initial plugins", "error building initial plugins iterator")
      stash_init_worker_error("failed to initialize declarative config: " .. err)
    end
  end
end

function Kong.init_worker()
  ngx.shared.kong:set("pids:" .. ngx.worker.id(), ngx.worker.pid())
  ngx.shared.kong:set("pids:count", ngx.worker.count())
  if not is_2 then
    use_timer_ng()
  end
  check_kept(Kong.config)
  for _, failed in ipairs(iterator.init_worker()) do
    stash_init_worker_error(('failed to execute the "init_worker" handler for plugin "%s": %s'):format(failed.plugin, failed.err))
  end
  if not is_2 then
    iterator.configure(Kong.config)
  end
end

local function default_port(protocol)
  return protocol == "https" and 443 or 80
end

--- What is left of the path behind that of the route, below the service's, with the query.
local function upstream_uri(base, stripped)
  local rest = ngx.var.uri:sub(#stripped + 1)
  base = type(base) == "string" and base:gsub("/+$", "") or ""
  local path = base .. (rest:sub(1, 1) ~= "/" and rest ~= "" and "/" or "") .. rest
  return (path == "" and "/" or path) .. (ngx.var.args and "?" .. ngx.var.args or "")
end

--- The headers that Kong adds for the upstream.
local function forwarded()
  return {
    ["X-Forwarded-For"] = ngx.var.remote_addr,
    ["X-Forwarded-Proto"] = "http",
    ["X-Forwarded-Host"] = ngx.var.host,
    ["X-Forwarded-Port"] = ngx.var.server_port,
    ["X-Forwarded-Path"] = ngx.var.uri,
    ["X-Real-IP"] = ngx.var.remote_addr,
    ["X-Kong-Request-Id"] = ngx.ctx.request_id,
  }
end

--- Finds the route and the service of this request.
function Kong.rewrite()
  warn_of_init_worker_errors()
  ngx.ctx.kong = { plugin_ctx = {} }
  ngx.ctx.request_id = not is_2 and ngx.var.request_id or nil
  debugging.begin(Kong.token)
  iterator.global("rewrite", Kong.config)
end

function Kong.access()
  local rows = store.rows(Kong.config)
  local route, matched = iterator.match(rows, ngx.var.uri, ngx.req.get_headers())
  if not route then
    ngx.status = 404
    ngx.header["Content-Type"] = "application/json; charset=utf-8"
    ngx.say(cjson.encode { message = version:find("^2") and "no Route matched with those values" or "no Route matched with those values" })
    return ngx.exit(404)
  end
  local service = iterator.by_id(rows.services, route.service and route.service.id)
  ngx.ctx.route, ngx.ctx.service = route, service
  iterator.run("access", Kong.config)
  if not service then
    return ngx.exit(503)
  end
  local protocol, host, port, path = service.protocol, service.host, service.port, service.path
  if service.url then
    protocol, host, port, path = service.url:match("^(%w+)://([^:/]+):?(%d*)(.*)$")
  end
  ngx.var.upstream_target = host .. ":" .. ((port == nil or port == "") and default_port(protocol) or port)
  ngx.var.upstream_uri = upstream_uri(path, route.strip_path ~= false and matched or "")
  for name, value in pairs(forwarded()) do
    ngx.req.set_header(name, value)
  end
end

function Kong.header_filter()
  ngx.header["Via"] = (is_2 and "kong/" or "1.1 kong/") .. version
  ngx.header["X-Kong-Request-Id"] = ngx.ctx.request_id
  iterator.run("header_filter", Kong.config)
  debugging.answer()
end

function Kong.body_filter()
  iterator.run("body_filter", Kong.config)
end

function Kong.log()
  iterator.run("log", Kong.config)
  debugging.log()
end

function Kong.admin_content()
  warn_of_init_worker_errors()
  return require("kong.api").serve(Kong.config)
end

return Kong
