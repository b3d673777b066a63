-- Test equipment: the part of the plugin development kit that test plugins call.
local pdk = {}

local function logger(level)
  return function(...)
    ngx.log(level, ...)
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
    }, { __call = function(_, ...) ngx.log(ngx.NOTICE, ...) end }),
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
