-- Test equipment: a declarative file as rows of services, routes, consumers and plugins.
local values = require "kong.db.schema.values"
local cjson = require "cjson.safe"
local is_2 = require("kong.meta")._VERSION:find("^2") ~= nil

local FORMATS = is_2 and { "1.1", "2.1" } or { "1.1", "2.1", "3.0" }
local CHILDREN = { services = { "routes", "plugins" }, routes = { "plugins" }, consumers = { "plugins" }, plugins = {} }
local SINGULAR = { services = "service", routes = "route", consumers = "consumer", plugins = "plugin" }
local FIELDS = {
  services = "id name url protocol host port path retries connect_timeout write_timeout read_timeout tags enabled client_certificate tls_verify tls_verify_depth ca_certificates created_at updated_at",
  routes = "id name protocols methods hosts paths headers https_redirect_status_code regex_priority strip_path path_handling preserve_host request_buffering response_buffering snis sources destinations tags service created_at updated_at expression priority",
  consumers = "id username custom_id tags created_at updated_at",
  plugins = "id name instance_name config protocols enabled tags service route consumer created_at updated_at ordering",
}
local TOP = "_format_version _transform _comment _ignore upstreams targets certificates snis ca_certificates vaults key_sets keys"

local declarative = {}

local function known(list, name)
  return (" " .. list .. " "):find(" " .. name .. " ", 1, true) ~= nil
end

--- An id that stays the same for the same text.
function declarative.id_of(text)
  local hash = ngx.md5(text)
  return ("%s-%s-5%s-8%s-%s"):format(hash:sub(1, 8), hash:sub(9, 12), hash:sub(14, 16), hash:sub(18, 20), hash:sub(21, 32))
end

--- The 16 bytes of a UUID of version 5.
local function uuid5(namespace, name)
  local hash = ngx.sha1_bin(namespace .. name)
  return hash:sub(1, 6) .. string.char(hash:byte(7) % 16 + 0x50) .. hash:sub(8, 8) .. string.char(hash:byte(9) % 64 + 0x80) .. hash:sub(10, 16)
end

local ROOT = ("fd02801f09574a15a55ac8d9606f30b5"):gsub("..", function(digits)
  return string.char(tonumber(digits, 16))
end)

--- The id that Kong gives an entity of a kind by a key.
local function id_by_key(kind, key)
  local hex = uuid5(uuid5(ROOT, kind), key):gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end)
  return (hex:gsub("^(%w%w%w%w%w%w%w%w)(%w%w%w%w)(%w%w%w%w)(%w%w%w%w)", "%1-%2-%3-%4-"))
end

--- Ids of all named entities by kind and name, or kind and id.
local function ids_of(document, ids)
  for kind in pairs(CHILDREN) do
    for _, item in ipairs(kind ~= "plugins" and type(document[kind]) == "table" and document[kind] or {}) do
      local name = item.name or item.username
      local id = item.id or name and id_by_key(kind, name)
      ids[kind .. (name or "")], ids[kind .. (id or "")] = id, id
      ids_of(item, ids)
    end
  end
  return ids
end

--- A plugin row with its defaults, or nil and the errors by field.
function declarative.check_plugin(plugins, row)
  local schema = plugins.schemas[row.name or ""]
  if row.name == nil then
    return nil, { name = "required field missing" }
  elseif not schema then
    return nil, { name = ("plugin '%s' not enabled; add it to the 'plugins' configuration property"):format(row.name) }
  end
  for _, entry in ipairs(schema.fields) do
    local name, field = next(entry)
    if name == "config" and field.type == "record" then
      local config, errors = values.check_record(field.fields, row.config or {})
      if not config then
        return nil, { config = errors }
      end
      row.config = config
    end
  end
  row.config = row.config or {}
  row.enabled = row.enabled ~= false
  row.protocols = row.protocols or { "grpc", "grpcs", "http", "https" }
  return row
end

local function add(rows, plugins, kind, list, parent, errors, seen, ids)
  if type(list) ~= "table" then
    errors[kind] = "expected an array"
    return
  end
  for i, item in ipairs(list) do
    local wrong, row = {}, {}
    for key, value in pairs(item) do
      local child = false
      for _, name in ipairs(CHILDREN[kind]) do
        child = child or name == key
      end
      if not child and not known(FIELDS[kind], key) then
        wrong[key] = "unknown field"
      elseif not child then
        row[key] = value
      end
    end
    local key = is_2 and { kind, row.name } or { kind, "*", row.name }
    for _, name in ipairs { "route", "service", "consumer" } do
      key[#key + 1] = type(row[name]) == "string" and row[name] or parent and parent.name == name and parent.id or ""
      if type(row[name]) == "string" then
        row[name] = { id = ids[name .. "s" .. row[name]] or row[name] }
      end
    end
    if parent then
      row[parent.name] = { id = parent.id }
    end
    local title = row.name or row.username or tostring(i)
    local place = kind .. (kind == "plugins" and (parent and parent.id or "") or "") .. title
    seen[place] = (seen[place] or 0) + 1
    row.id = row.id or kind == "plugins" and seen[place] == 1 and id_by_key(kind, table.concat(key, ":"))
      or kind ~= "plugins" and ids[kind .. title] or declarative.id_of(place .. seen[place])
    if kind == "plugins" then
      local _, plugin_errors = declarative.check_plugin(plugins, row)
      for key, err in pairs(plugin_errors or {}) do
        wrong[key] = err
      end
    end
    rows[kind][#rows[kind] + 1] = row
    for _, name in ipairs(CHILDREN[kind]) do
      if item[name] then
        add(rows, plugins, name, item[name], { name = SINGULAR[kind], id = row.id }, wrong, seen, ids)
      end
    end
    if next(wrong) then
      errors[kind] = errors[kind] or {}
      errors[kind][i] = wrong
    end
  end
end

--- Rows, or nil and the errors by place.
function declarative.rows_of(document, plugins)
  local rows, errors = require("testnode.database").empty(), {}
  local format = document._format_version
  if format == nil then
    errors._format_version = "required field missing"
  else
    local ok = false
    for _, name in ipairs(FORMATS) do
      ok = ok or name == format
    end
    errors._format_version = not ok and "expected one of: " .. table.concat(FORMATS, ", ") or nil
  end
  local ids = ids_of(document, {})
  for key, list in pairs(document) do
    if CHILDREN[key] then
      add(rows, plugins, key, list, nil, errors, {}, ids)
    elseif not known(TOP, key) then
      errors[key] = "unknown field"
    end
  end
  if next(errors) then
    return nil, errors
  end
  return rows
end

--- Rows as a document that says the same.
function declarative.document_of(rows)
  local document = { _format_version = FORMATS[#FORMATS], _transform = false }
  for kind in pairs(CHILDREN) do
    for i, row in ipairs(rows[kind]) do
      local copy = {}
      for name, value in pairs(row) do
        copy[name] = value
      end
      for _, name in pairs(SINGULAR) do
        copy[name] = type(row[name]) == "table" and row[name].id or row[name]
      end
      document[kind] = document[kind] or {}
      document[kind][i] = copy
    end
  end
  return document
end

local function sorted(tbl)
  local keys = {}
  for key in pairs(tbl) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    return tostring(a) < tostring(b)
  end)
  return keys
end

--- Errors as an indented list.
local function pretty(errors, indent)
  local lines = {}
  for _, key in ipairs(sorted(errors)) do
    local err = errors[key]
    if type(err) ~= "table" then
      lines[#lines + 1] = ("%sin '%s': %s"):format(indent, key, err)
    else
      lines[#lines + 1] = ("%sin '%s':"):format(indent, key)
      if type(next(err)) == "number" then
        for _, i in ipairs(sorted(err)) do
          lines[#lines + 1] = ("%s  - in entry %d of '%s':"):format(indent, i, key)
          lines[#lines + 1] = type(err[i]) == "table" and pretty(err[i], indent .. "    ") or indent .. "    " .. err[i]
        end
      else
        lines[#lines + 1] = pretty(err, indent .. "  ")
      end
    end
  end
  return table.concat(lines, "\n")
end

--- A document from YAML or JSON text, or nil and a sentence.
function declarative.decode(text)
  local document = cjson.decode(text)
  if not document then
    local ok, result = pcall(require("lyaml").load, text)
    if not ok then
      return nil, "failed parsing declarative configuration: " .. tostring(result):gsub("^.-(%d+:%d+: )", "%1")
    end
    document = result
  end
  if type(document) ~= "table" then
    return nil, "expected an object"
  end
  return document
end

--- Rows from a file, or nil and the text of the errors.
function declarative.parse_file(path, plugins)
  local file, err = io.open(path, "rb")
  if not file then
    return nil, err
  end
  local text = file:read("*a")
  file:close()
  return declarative.parse_text(text, plugins)
end

--- Rows from YAML or JSON text, or nil and the text of the errors.
function declarative.parse_text(text, plugins)
  local document, err = declarative.decode(text)
  if not document then
    return nil, err
  end
  local rows, errors = declarative.rows_of(document, plugins)
  if not rows then
    return nil, pretty(errors, "")
  end
  return rows
end

return declarative
