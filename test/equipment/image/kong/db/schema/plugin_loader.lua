-- Test equipment: a plugin's schema and daos from the file system.
local errors = require "kong.db.errors"
local Schema = require "kong.db.schema"
local is_2 = require("kong.meta")._VERSION:find("^2") ~= nil
local load_module_if_exists = require(is_2 and "kong.tools.utils" or "kong.tools.module").load_module_if_exists

local LEGACY_ATTRIBUTES = { type = true, required = true, default = true, enum = true, func = true, schema = true, unique = true, regex = true, immutable = true, new_type = true }
local LEGACY_TYPES = { array = "array", table = "record", url = "string", id = "string", timestamp = "integer" }

local plugin_loader = {}

--- Schemas of before 1.0: { no_consumer = true, fields = { name = { type = ... } } }.
local function convert_legacy_schema(name, legacy)
  local config = { type = "record", required = true, fields = {} }
  for key, field in pairs(legacy.fields) do
    for attribute in pairs(type(field) == "table" and (next(field) and type(next(field)) == "number" and field[1] or field) or {}) do
      if not LEGACY_ATTRIBUTES[attribute] then
        return nil, 'unknown legacy field attribute: "' .. attribute .. '"'
      end
    end
    local kind = LEGACY_TYPES[field.type] or field.type
    config.fields[#config.fields + 1] = {
      [key] = {
        type = kind,
        required = field.required,
        default = type(field.default) ~= "function" and field.default or nil,
        one_of = field.enum,
        elements = kind == "array" and { type = "string" } or nil,
        fields = kind == "record" and {} or nil,
      },
    }
  end
  return { name = name, fields = { { config = config } } }
end

--- The checked schema, or nil and why not. What the plugin's own file raises is raised.
function plugin_loader.load_subschema(plugin, strategy)
  local ok, schema = load_module_if_exists("kong.plugins." .. plugin .. ".schema")
  if not ok then
    return nil, "no configuration schema found for plugin: " .. plugin
  end
  local legacy = false
  if is_2 and not schema.name then
    legacy = true
    local err
    schema, err = convert_legacy_schema(plugin, schema)
    if err then
      return nil, "failed converting legacy schema for " .. plugin .. ": " .. err
    end
  end
  local valid, err_t = Schema.validate(schema)
  if not valid then
    local err = errors.schema_violation(err_t, strategy)
    return nil, legacy and "failed converting legacy schema for " .. plugin .. ": " .. err or err
  end
  local fits, err = Schema.new_subschema(plugin, schema)
  if not fits then
    return nil, "error initializing schema for plugin: " .. err
  end
  return schema
end

--- The daos of a plugin: looked at for syntax and for being an array.
function plugin_loader.load_entities(plugin)
  local has_daos, daos = load_module_if_exists("kong.plugins." .. plugin .. ".daos")
  if not has_daos then
    return true
  end
  if not is_2 and #daos == 0 and next(daos) then
    return nil, "custom plugin '" .. plugin .. "' returned non-array daos definition table"
  end
  return true
end

return plugin_loader
