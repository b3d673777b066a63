-- Test equipment: request debugging of Kong 3.5 and later: what plugins took, for whoever has the token.
local cjson = require "cjson"
local sys = require "testnode.sys"
local is_2 = require("kong.meta")._VERSION:find("^2") ~= nil

local HEADERS = { "X-Kong-Request-Debug", "X-Kong-Request-Debug-Token", "X-Kong-Request-Debug-Log" }

local debugging = {}

--- The token, in the prefix for whoever may read it there; Kong makes another at every start, and this one stays. nil before 3.5.
function debugging.token(config)
  if is_2 then
    return nil
  end
  local path = config.prefix .. "/.request_debug_token"
  local token = sys.read(path)
  if not token then
    token = ngx.md5(ngx.now() .. tostring({}))
    assert(sys.write(path, token))
  end
  return token
end

--- Takes the headers that ask for it off the request.
function debugging.begin(token)
  local asked = ngx.req.get_headers()
  if token and asked[HEADERS[1]] == "*" and asked[HEADERS[2]] == token then
    ngx.ctx.times, ngx.ctx.debug_log = {}, asked[HEADERS[3]] == "true"
  end
  for _, name in ipairs(token and HEADERS or {}) do
    ngx.req.clear_header(name)
  end
end

local function output()
  local phases = {}
  for phase, names in pairs(ngx.ctx.times) do
    local list = {}
    for name, ids in pairs(names) do
      local own = {}
      for id, time in pairs(ids) do
        own[id] = { total_time = time }
      end
      list[name] = { child = own }
    end
    phases[phase] = { child = { plugins = { child = list } } }
  end
  return cjson.encode { request_id = ngx.ctx.request_id, child = phases }
end

function debugging.answer()
  if ngx.ctx.times then
    ngx.header["X-Kong-Request-Debug-Output"] = output()
  end
end

function debugging.log()
  if ngx.ctx.times and ngx.ctx.debug_log then
    ngx.log(ngx.NOTICE, "[request-debug] output: ", output())
  end
end

return debugging
