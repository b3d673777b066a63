-- Test equipment: the part of the plugin development kit that test plugins call.
local errlog = require "ngx.errlog"

local pdk = {}

--- `[kong] handler.lua:12 [my-plugin] message`, with the place of the caller; outside of a request's phases Kong's own form differs little.
local function write(level, ...)
  local at = debug.getinfo(3, "Sl")
  local _, name = pcall(function() return ngx.ctx.plugin_name end)
  local parts = {}
  for i = 1, select("#", ...) do
    parts[i] = tostring((select(i, ...)))
  end
  local file = at.short_src:match("[^/]+$") or at.short_src
  errlog.raw_log(level, ("[kong] %s:%d %s"):format(file, at.currentline, type(name) == "string" and "[" .. name .. "] " or "") .. table.concat(parts))
end

local function logger(level)
  return function(...)
    write(level, ...)
  end
end

function pdk.new(config)
  local kong = {
    version = require("kong.meta")._VERSION,
    configuration = config,
    ctx = { shared = {}, plugin = {} },
    db = { plugins = require "kong.db.dao.plugins", strategy = config.database },
    node = { get_id = function() return "00000000-0000-5000-8000-000000000000" end },
    log = setmetatable({
      debug = logger(ngx.DEBUG), info = logger(ngx.INFO), notice = logger(ngx.NOTICE), warn = logger(ngx.WARN),
      err = logger(ngx.ERR), crit = logger(ngx.CRIT), inspect = logger(ngx.DEBUG),
    }, { __call = function(_, ...) write(ngx.NOTICE, ...) end }),
  }
  kong.request = {
    get_method = function() return ngx.req.get_method() end,
    get_path = function() return ngx.var.uri end,
    get_header = function(name) return ngx.req.get_headers()[name] end,
    get_headers = function() return ngx.req.get_headers() end,
    get_query_arg = function(name) return ngx.req.get_uri_args()[name] end,
  }
  kong.response = {
    set_header = function(name, value) ngx.header[name] = value end,
    add_header = function(name, value) ngx.header[name] = value end,
    clear_header = function(name) ngx.header[name] = nil end,
    get_status = function() return ngx.status end,
    get_header = function(name) return ngx.header[name] end,
    exit = function(status, body, headers)
      for name, value in pairs(headers or {}) do
        ngx.header[name] = value
      end
      ngx.status = status
      if body ~= nil then
        ngx.print(type(body) == "table" and require("cjson").encode(body) or body)
      end
      return ngx.exit(status)
    end,
  }
  kong.service = {
    request = {
      set_header = function(name, value) ngx.req.set_header(name, value) end,
      add_header = function(name, value) ngx.req.set_header(name, value) end,
      clear_header = function(name) ngx.req.clear_header(name) end,
    },
    response = { get_status = function() return ngx.status end, get_header = function(name) return ngx.header[name] end },
  }
  kong.client = { get_ip = function() return ngx.var.remote_addr end, get_consumer = function() end }
  kong.router = { get_route = function() return ngx.ctx.route end, get_service = function() return ngx.ctx.service end }
  return kong
end

return pdk
