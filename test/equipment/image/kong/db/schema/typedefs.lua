-- Test equipment: the type definitions that plugin schemas use most.
local is_2 = require("kong.meta")._VERSION:find("^2") ~= nil

local function protocols(...)
  return { type = "set", required = true, default = { ... }, elements = { type = "string", one_of = { ... } } }
end

local typedefs = {
  http_method = { type = "string", match = "^%u+$" },
  protocol = { type = "string", one_of = { "grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp", "ws", "wss" } },
  host = { type = "string" },
  host_with_optional_port = { type = "string" },
  ip = { type = "string" },
  ip_or_cidr = { type = "string" },
  cidr_v4 = { type = "string" },
  port = { type = "integer", between = { 0, 65535 } },
  path = { type = "string", starts_with = "/" },
  url = { type = "string" },
  timeout = { type = "integer", between = { 0, 2147483646 } },
  header_name = { type = "string" },
  uuid = { type = "string", uuid = true },
  auto_timestamp_s = { type = "integer", timestamp = true, auto = true },
  auto_timestamp_ms = { type = "number", timestamp = true, auto = true },
  utf8_name = { type = "string" },
  tag = { type = "string" },
  tags = { type = "set", elements = { type = "string" } },
  methods = { type = "set", elements = { type = "string" } },
  hosts = { type = "array", elements = { type = "string" } },
  paths = { type = "array", elements = { type = "string" } },
  headers = { type = "map", keys = { type = "string" }, values = { type = "array", elements = { type = "string" } } },
  lua_code = { type = "map", keys = { type = "string" }, values = { type = "string" } },
  certificate = { type = "string" },
  key = { type = "string" },
  sni = { type = "string" },
  semantic_version = { type = "string" },
  no_api = { type = "foreign", reference = "apis", eq = require("cjson").null },
  no_consumer = { type = "foreign", reference = "consumers", eq = require("cjson").null },
  no_route = { type = "foreign", reference = "routes", eq = require("cjson").null },
  no_service = { type = "foreign", reference = "services", eq = require("cjson").null },
  protocols = protocols("grpc", "grpcs", "http", "https", "tcp", "tls", "udp"),
  protocols_http = protocols("grpc", "grpcs", "http", "https"),
  protocols_stream = protocols("tcp", "tls", "udp"),
  redis = { type = "record", fields = {} },
}
if is_2 then
  typedefs.redis = nil
end

local function with(definition)
  return setmetatable(definition, {
    __call = function(_, extra)
      local merged = {}
      for key, value in pairs(definition) do
        merged[key] = value
      end
      for key, value in pairs(extra or {}) do
        merged[key] = value
      end
      return merged
    end,
  })
end

for _, definition in pairs(typedefs) do
  with(definition)
end

return setmetatable(typedefs, {
  __index = function(_, name)
    error("schema typedef error: definition " .. name .. " does not exist", 2)
  end,
})
