-- Test equipment: the Admin API, as far as a plugin author's tools use it.
local cjson = require "cjson"
local store = require "testnode.store"
local declarative = require "kong.db.declarative"
local plugins = require "kong.db.dao.plugins"
local conf = require "testnode.conf"
local version = require("kong.meta")._VERSION

local is_2 = version:find("^2") ~= nil
local load_module_if_exists = require(is_2 and "kong.tools.utils" or "kong.tools.module").load_module_if_exists
local ARRAY = cjson.empty_array_mt and setmetatable({}, cjson.empty_array_mt)
local NULL = cjson.null
local KINDS = { services = "service", routes = "route", consumers = "consumer", plugins = "plugin" }

local api = { routes = {} }

-- A plugin's api.lua is read with this module, so that one mistake in one of them turns every answer into 500.
for name in pairs(plugins.handlers) do
  local ok, custom = load_module_if_exists("kong.plugins." .. name .. ".api")
  if ok then
    for path, route in pairs(custom) do
      api.routes[path] = route
    end
  end
end

local function encode(value)
  return (cjson.encode(value):gsub('"data":{}', '"data":[]'))
end

local function answer(status, body)
  ngx.status = status
  ngx.header["Access-Control-Allow-Origin"] = "*"
  ngx.header["Server"] = "kong/" .. version
  if body then
    ngx.header["Content-Type"] = "application/json; charset=utf-8"
    ngx.print(type(body) == "string" and body or encode(body))
  end
  return ngx.exit(ngx.OK)
end

local function not_found()
  return answer(404, { message = "Not found" })
end

local function read_body()
  ngx.req.read_body()
  local text = ngx.req.get_body_data()
  if not text then
    local path = ngx.req.get_body_file()
    local file = path and io.open(path, "rb")
    text = file and file:read("*a") or ""
    if file then
      file:close()
    end
  end
  return text
end

local function place(body, key, value)
  local node = body
  local parts = {}
  for part in key:gmatch("[^%.]+") do
    parts[#parts + 1] = part
  end
  for i = 1, #parts - 1 do
    node[parts[i]] = node[parts[i]] or {}
    node = node[parts[i]]
  end
  node[parts[#parts]] = value == "true" and true or value == "false" and false or tonumber(value) or value
end

local function arguments()
  local text = read_body()
  if (ngx.var.content_type or ""):find("json") then
    local ok, body = pcall(cjson.decode, text == "" and "{}" or text)
    if not ok or type(body) ~= "table" then
      return answer(400, { message = "Cannot parse JSON body" })
    end
    return body, text
  end
  local body = {}
  for key, value in pairs(ngx.decode_args(text, 0)) do
    place(body, key, value)
  end
  return body, text
end

local function by_key(rows, kind, key)
  for _, row in ipairs(rows[kind]) do
    if row.id == key or kind ~= "plugins" and (row.name == key or row.username == key) or kind == "plugins" and not is_2 and row.instance_name == key then
      return row
    end
  end
end

local function page(list)
  local query = ngx.req.get_uri_args()
  local size = query.size == nil and 100 or tonumber(query.size)
  if not size or size < 1 or size > 1000 then
    return answer(400, { code = 9, name = "invalid size", message = "invalid size (size must be an integer between 1 and 1000)", fields = { size = "size must be an integer between 1 and 1000" } })
  end
  table.sort(list, function(a, b)
    return a.id < b.id
  end)
  local first = 1
  if query.offset then
    local from = ngx.decode_base64(query.offset)
    first = from and tonumber(from:match("^after:(%d+)$")) or nil
    if not first then
      return answer(400, { code = 7, name = "invalid offset", message = "invalid offset, not a valid base64 string", fields = { offset = "invalid" } })
    end
  end
  local data = {}
  for i = first, math.min(#list, first + size - 1) do
    data[#data + 1] = list[i]
  end
  local offset = first + size <= #list and ngx.encode_base64("after:" .. (first + size)) or nil
  local path = ngx.var.uri
  return answer(200, {
    data = data,
    offset = offset,
    next = offset and path .. "?offset=" .. ngx.escape_uri(offset) .. (query.size and not is_2 and "&size=" .. query.size or "") or NULL,
  })
end

local function violation(fields)
  local parts = {}
  for key, err in pairs(fields) do
    parts[#parts + 1] = key .. ": " .. (type(err) == "table" and cjson.encode(err) or err)
  end
  table.sort(parts)
  return answer(400, { code = 2, name = "schema violation", fields = fields, message = (#parts == 1 and "schema violation (" or #parts .. " schema violations (") .. table.concat(parts, "; ") .. ")" })
end

local function refuse_write(method)
  return answer(405, {
    code = 12,
    name = "operation unsupported",
    message = ("cannot %s '%s' entities when not using a database"):format(method == "DELETE" and "delete" or "create or update", ngx.var.uri:match("([^/]+)") or ""),
  })
end

local function id_in(value)
  return type(value) == "table" and value.id or nil
end

--- Ends the request over a plugin's row that refers to what is not there, or is one too many in its place.
local function check_place(rows, body)
  for kind, name in pairs { services = "service", routes = "route", consumers = "consumer" } do
    local id = id_in(body[name])
    if id and not by_key(rows, kind, id) then
      return answer(400, {
        code = 4,
        name = "foreign key violation",
        message = ("the foreign key '{id=\"%s\"}' does not reference an existing '%s' entity."):format(id, kind),
        fields = { [name] = { id = id } },
      })
    end
  end
  for _, row in ipairs(rows.plugins) do
    local same = row.name == body.name and row.id ~= body.id
    for _, name in ipairs { "service", "route", "consumer" } do
      same = same and id_in(row[name]) == id_in(body[name])
    end
    if same then
      return answer(409, { code = 5, name = "unique constraint violation", message = ("UNIQUE violation detected on '{name=\"%s\"}'"):format(body.name), fields = { name = body.name } })
    end
  end
end

local function save_entity(config, rows, kind, body, parent)
  if kind == "plugins" then
    local checked, fields = declarative.check_plugin(plugins, body)
    if not checked then
      return violation(fields)
    end
  end
  if config.database == "off" then
    return refuse_write("POST")
  end
  if parent then
    body[parent.kind] = { id = parent.id }
  end
  if kind == "plugins" then
    check_place(rows, body)
  end
  body.id = body.id or declarative.id_of(tostring(ngx.now()) .. math.random() .. ngx.worker.pid())
  body.created_at = ngx.time()
  for _, name in ipairs { "service", "route", "consumer" } do
    if kind == "plugins" or kind == "routes" and name == "service" then
      body[name] = body[name] or NULL
    end
  end
  if body.paths and type(body.paths) == "string" then
    body.paths = { body.paths }
  end
  local list = rows[kind]
  for i, row in ipairs(list) do
    if row.id == body.id then
      list[i] = body
      store.save(config, rows)
      return answer(200, body)
    end
  end
  list[#list + 1] = body
  store.save(config, rows)
  return answer(201, body)
end

local function delete_entity(config, rows, kind, key)
  local row = by_key(rows, kind, key)
  if config.database == "off" then
    return row and refuse_write("DELETE") or answer(204)
  end
  local kept = {}
  for _, other in ipairs(rows[kind]) do
    if other ~= row then
      kept[#kept + 1] = other
    end
  end
  if row and kind ~= "plugins" then
    local left = {}
    for _, plugin in ipairs(rows.plugins) do
      local owner = plugin[KINDS[kind]]
      if type(owner) ~= "table" or owner.id ~= row.id then
        left[#left + 1] = plugin
      end
    end
    rows.plugins = left
  end
  rows[kind] = kept
  store.save(config, rows)
  return answer(204)
end

local function list_of(rows, kind, parent)
  local list = {}
  for _, row in ipairs(rows[kind]) do
    if not parent or type(row[parent.kind]) == "table" and row[parent.kind].id == parent.id then
      list[#list + 1] = row
    end
  end
  return list
end

local function collection(config, rows, kind, parent)
  if ngx.req.get_method() == "POST" then
    return save_entity(config, rows, kind, (arguments()), parent)
  end
  return page(list_of(rows, kind, parent))
end

local function entity(config, rows, kind, key)
  local method = ngx.req.get_method()
  if method == "DELETE" then
    return delete_entity(config, rows, kind, key)
  end
  local row = by_key(rows, kind, key)
  if not row and kind == "plugins" and is_2 and not key:find("^%x+%-%x+%-%x+%-%x+%-%x+$") then
    return answer(400, { code = 1, name = "invalid primary key", message = "invalid primary key: '{id=\"expected a valid UUID\"}'", fields = { id = "expected a valid UUID" } })
  elseif method == "PUT" then
    local body = (arguments())
    body.id = row and row.id or key
    return save_entity(config, rows, kind, body)
  elseif not row then
    return not_found()
  elseif method == "PATCH" then
    local body = (arguments())
    -- records are merged, all else is replaced
    for name, value in pairs(type(body.config) == "table" and row.config or {}) do
      if body.config[name] == nil then
        body.config[name] = value
      end
    end
    for name, value in pairs(row) do
      if body[name] == nil then
        body[name] = value
      end
    end
    return save_entity(config, rows, kind, body)
  end
  return answer(200, row)
end

local function worker_pids()
  local pids = {}
  for i = 0, (ngx.shared.kong:get("pids:count") or 1) - 1 do
    pids[#pids + 1] = ngx.shared.kong:get("pids:" .. i)
  end
  return pids
end

local function root(config, rows)
  local available, in_cluster, seen = {}, {}, {}
  for name, handler in pairs(plugins.handlers) do
    available[name] = is_2 and true or { version = handler.VERSION, priority = handler.PRIORITY }
  end
  for _, row in ipairs(rows.plugins) do
    if not seen[row.name] then
      seen[row.name] = true
      in_cluster[#in_cluster + 1] = row.name
    end
  end
  local configuration = {}
  for name, value in pairs(config) do
    if name ~= "source" and not name:find("password") then
      configuration[name] = value
    end
  end
  configuration.plugins = conf.list(config.plugins)
  local text = encode {
    version = version,
    edition = not is_2 and "community" or nil,
    tagline = "Welcome to kong",
    hostname = ngx.var.hostname,
    node_id = "00000000-0000-5000-8000-000000000000",
    lua_version = jit.version,
    pids = { master = ngx.worker.pid and tonumber((io.open(config.prefix .. "/pids/nginx.pid"):read("*a"):match("%d+"))), workers = worker_pids() },
    plugins = { available_on_server = available, enabled_in_cluster = in_cluster },
    timers = { running = 0, pending = 1 },
    configuration = configuration,
  }
  return answer(200, (text:gsub('"enabled_in_cluster":{}', '"enabled_in_cluster":[]')))
end

local function status(config)
  local body = {
    server = {
      connections_accepted = tonumber(ngx.var.connections_active), connections_active = tonumber(ngx.var.connections_active),
      connections_reading = tonumber(ngx.var.connections_reading), connections_writing = tonumber(ngx.var.connections_writing),
      connections_waiting = tonumber(ngx.var.connections_waiting), connections_handled = 1, total_requests = 1,
    },
    memory = { lua_shared_dicts = { kong = { allocated_slabs = "0.04 MiB", capacity = "5.00 MiB" } } },
  }
  if config.database == "postgres" or is_2 then
    body.database = { reachable = true }
  end
  if config.database == "off" then
    body.configuration_hash = store.hash()
  end
  return answer(200, body)
end

local function flat(value)
  if type(value) ~= "table" then
    return '"' .. tostring(value):gsub('"', '\\"') .. '"'
  end
  local parts = {}
  for key, item in pairs(value) do
    parts[#parts + 1] = type(key) == "number" and flat(item) or key .. "=" .. flat(item)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

local function config_endpoint(config)
  if config.database ~= "off" then
    return answer(400, { message = "this endpoint is only available when Kong is configured to not use a database" })
  end
  if ngx.req.get_method() ~= "POST" then
    return answer(200, { config = cjson.encode(declarative.document_of(store.rows(config))) })
  end
  local body, text = arguments()
  local document, err = declarative.decode(type(body.config) == "string" and body.config or text)
  if not document then
    return answer(400, { code = 14, name = "invalid declarative configuration", message = "declarative config is invalid: " .. err, fields = { error = err } })
  end
  local rows, fields = declarative.rows_of(document, plugins)
  if not rows then
    return answer(400, { code = 14, name = "invalid declarative configuration", message = "declarative config is invalid: " .. flat(fields), fields = fields })
  end
  store.use(config, rows)
  return answer(201, rows)
end

local function schema_of(kind, name)
  if kind ~= "plugins" then
    return not_found()
  elseif name == "validate" then
    local checked, fields = declarative.check_plugin(plugins, (arguments()))
    return checked and answer(200, { message = "schema validation successful" }) or violation(fields)
  end
  local schema = plugins.schemas[name]
  if not schema then
    return answer(404, { message = "No plugin named '" .. name .. "'" })
  end
  local text = cjson.encode_sparse_array and require("testnode.plain")(schema.fields)
  return answer(200, { fields = text, entity_checks = is_2 and nil or ARRAY or {} })
end

local function custom(path)
  local route = api.routes[path]
  local handler = route and route[ngx.req.get_method()]
  if not route then
    return not_found()
  elseif not handler then
    return answer(405, { message = "Method not allowed" })
  end
  local ok, err = xpcall(handler, debug.traceback, { params = ngx.req.get_uri_args() })
  if not ok then
    ngx.log(ngx.ERR, "handle_error(): ", err)
    return answer(500, { message = "An unexpected error occurred" })
  end
end

--- Answers one request.
function api.serve(config)
  local path = ngx.var.uri
  if ngx.req.get_method() == "OPTIONS" then
    return answer(204)
  end
  local rows = store.rows(config)
  local parts = {}
  for part in path:gmatch("[^/]+") do
    parts[#parts + 1] = ngx.unescape_uri(part)
  end
  local first, second, third = parts[1], parts[2], parts[3]
  if not first then
    return root(config, rows)
  elseif first == "status" and not second then
    return status(config)
  elseif first == "config" and not second then
    return config_endpoint(config)
  elseif first == "plugins" and second == "enabled" then
    local names = {}
    for name in pairs(plugins.handlers) do
      names[#names + 1] = name
    end
    return answer(200, { enabled_plugins = names })
  elseif first == "workspaces" and is_2 and not second then
    return answer(200, { data = { { id = "e67d4d54-6c2b-42b3-a2dc-693b55af322e", name = "default" } }, next = NULL })
  elseif first == "schemas" and third then
    return schema_of(second, third)
  elseif KINDS[first] and not second then
    return collection(config, rows, first)
  elseif KINDS[first] and not third then
    return entity(config, rows, first, second)
  elseif KINDS[first] and KINDS[third] and not parts[4] then
    local parent = by_key(rows, first, second)
    return parent and collection(config, rows, third, { kind = KINDS[first], id = parent.id }) or not_found()
  end
  return custom(path)
end

return api
