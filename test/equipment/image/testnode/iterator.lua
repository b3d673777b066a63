-- Test equipment: which plugins run for a request, and running them by priority.
local errlog = require "ngx.errlog"
local plugins = require "kong.db.dao.plugins"
local store = require "testnode.store"

local iterator = {}

function iterator.by_id(list, id)
  for _, row in ipairs(list) do
    if row.id == id then
      return row
    end
  end
end

local function has_headers(route, headers)
  for name, values in pairs(type(route.headers) == "table" and route.headers or {}) do
    local found = false
    for _, value in ipairs(values) do
      found = found or headers[name:lower()] == value
    end
    if not found then
      return false
    end
  end
  return true
end

--- The route whose path is the longest beginning of the request's, one that asks for headers before all others; and that path.
function iterator.match(rows, uri, headers)
  local best, found, weight
  for _, route in ipairs(rows.routes) do
    local asks = type(route.headers) == "table" and next(route.headers) ~= nil
    for _, path in ipairs(type(route.paths) == "table" and route.paths or {}) do
      local own = #path + (asks and 10000 or 0)
      if uri:sub(1, #path) == path and own > (weight or 0) and has_headers(route, headers) then
        best, found, weight = route, path, own
      end
    end
  end
  return best, found
end

local function by_priority(list)
  table.sort(list, function(a, b)
    local left, right = plugins.handlers[a.name].PRIORITY or 0, plugins.handlers[b.name].PRIORITY or 0
    return left > right or left == right and a.name > b.name
  end)
  return list
end

local function applies(row)
  local route, service = ngx.ctx.route, ngx.ctx.service
  return row.enabled ~= false
    and (type(row.route) ~= "table" or route and row.route.id == route.id)
    and (type(row.service) ~= "table" or service and row.service.id == service.id)
    and type(row.consumer) ~= "table"
end

local function rows_for(config, only_global)
  local list = {}
  for _, row in ipairs(store.rows(config).plugins) do
    local is_global = type(row.route) ~= "table" and type(row.service) ~= "table" and type(row.consumer) ~= "table"
    if plugins.handlers[row.name] and (only_global and is_global or not only_global and applies(row)) then
      list[#list + 1] = row
    end
  end
  return by_priority(list)
end

local function unexpected(name, err)
  errlog.raw_log(ngx.ERR, "[kong] init.lua:405 [" .. name .. "] " .. tostring(err))
end

--- What request debugging tells of a phase, in milliseconds.
local function note_time(name, id, phase, began)
  ngx.update_time()
  local times = ngx.ctx.times
  if times then
    times[phase] = times[phase] or {}
    times[phase][name] = times[phase][name] or {}
    times[phase][name][id] = math.floor((ngx.now() - began) * 100000 + 0.5) / 100
  end
end

local function call(row, phase)
  local handler = plugins.handlers[row.name]
  local run = handler[phase]
  if run then
    ngx.ctx.plugin_name = row.name
    ngx.update_time()
    local began = ngx.now()
    local ok, err = xpcall(run, debug.traceback, handler, row.config)
    note_time(row.name, row.id or "", phase, began)
    ngx.ctx.plugin_name = nil
    if not ok then
      unexpected(row.name, err)
      if phase == "access" or phase == "rewrite" then
        ngx.status = 500
        ngx.header["Content-Type"] = "application/json; charset=utf-8"
        ngx.print('{\n  "message":"An unexpected error occurred"\n}')
        ngx.exit(500)
      end
    end
  end
end

function iterator.run(phase, config)
  for _, row in ipairs(rows_for(config, false)) do
    call(row, phase)
  end
end

function iterator.global(phase, config)
  for _, row in ipairs(rows_for(config, true)) do
    call(row, phase)
  end
end

--- Every loaded plugin, used or not; returns those that failed.
function iterator.init_worker()
  local failed = {}
  for name, handler in pairs(plugins.handlers) do
    if type(handler.init_worker) == "function" then
      local ok, err = pcall(handler.init_worker, handler)
      if not ok then
        failed[#failed + 1] = { plugin = name, err = tostring(err) }
      end
    end
  end
  return failed
end

--- The `configure` phase of 3.4 and later: every plugin gets the list of its configurations.
function iterator.configure(config)
  local lists = {}
  for _, row in ipairs(store.rows(config).plugins) do
    lists[row.name] = lists[row.name] or {}
    table.insert(lists[row.name], row.config)
  end
  for name, handler in pairs(plugins.handlers) do
    if type(handler.configure) == "function" then
      local ok, err = pcall(handler.configure, handler, lists[name])
      if not ok then
        ngx.log(ngx.ERR, "[kong] plugins_iterator.lua:455 failed to execute plugin '", name, ":configure (", err, ")")
      end
    end
  end
end

return iterator
