-- Test equipment: what makes a plugin's schema right or wrong, and a configuration that follows it. The commonest mistakes only.
local values = require "kong.db.schema.values"
local is_2 = require("kong.meta")._VERSION:find("^2") ~= nil

local TYPES = { "array", "boolean", "foreign", "function", "integer", "map", "number", "record", "set", "string" }
if not is_2 then
  TYPES[#TYPES + 1] = "json"
end

local ENTITY_CHECKS = {
  "conditional", "at_least_one_of", "only_one_of", "distinct", "conditional_at_least_one_of", "custom_entity_check",
  "mutually_required", "mutually_exclusive", "mutually_exclusive_sets",
}

--- The attributes of a field, each with the kind of its value.
local ATTRIBUTES = {
  type = "any", default = "any", eq = "any", ne = "any", keys = "field", values = "field", elements = "field", fields = "fields",
  required = "boolean", unique = "boolean", unique_across_ws = "boolean", auto = "boolean", indexed = "boolean", abstract = "boolean",
  encrypted = "boolean", referenceable = "boolean", immutable = "boolean", hidden = "boolean", is_regex = "boolean", uuid = "boolean",
  timestamp = "boolean", translate_backwards = "array", generate_admin_api = "boolean", between = "pair", len_eq = "integer",
  len_min = "integer", len_max = "integer", match = "string", match_none = "array", match_all = "array", match_any = "record",
  starts_with = "string", not_match = "string", one_of = "array", not_one_of = "array", contains = "any", gt = "number", reference = "string",
  on_delete = "string", err = "string", subschema_key = "string", subschema_error = "string", custom_validator = "function",
  mutually_exclusive_subsets = "array", entity_checks = "checks", shorthand_fields = "shorthands", transformations = "array",
  expect_timestamp = "boolean", dao_for = "string", subtype = "string", json_schema = "record", cluster_shared = "boolean", nullable = "boolean",
}
if is_2 then
  ATTRIBUTES.legacy = "boolean"
  ATTRIBUTES.shorthands = "array"
else
  ATTRIBUTES.description = "description"
  ATTRIBUTES.deprecation = "record"
end

local LIMITED = {
  match = { string = true }, match_none = { string = true }, match_all = { string = true }, match_any = { string = true },
  starts_with = { string = true }, len_eq = { string = true, array = true, set = true, map = true },
  unique = { string = true, number = true, integer = true, foreign = true },
}

local NEEDED = { array = { "elements" }, set = { "elements" }, map = { "keys", "values" }, record = { "fields" } }

local Schema = {}

local function is_array(value)
  if type(value) ~= "table" then
    return false
  end
  local n = 0
  for _ in pairs(value) do
    n = n + 1
  end
  return n == #value
end

local check_field, check_fields

local function check_entity_check(check)
  local errors, known = {}, 0
  for key in pairs(check) do
    local found = false
    for _, name in ipairs(ENTITY_CHECKS) do
      found = found or name == key
    end
    if found then
      known = known + 1
    else
      errors[key] = "unknown field"
    end
  end
  if known ~= 1 then
    errors["@entity"] = { "exactly one of these fields must be non-empty: '" .. table.concat(ENTITY_CHECKS, "', '") .. "'" }
  end
  return next(errors) and errors
end

local function each(list, check)
  if not is_array(list) then
    return "expected an array"
  end
  local errors = {}
  for i, item in ipairs(list) do
    errors[i] = check(item) or nil
  end
  return next(errors) and errors or nil
end

local KINDS = {
  any = function() end,
  array = function(value) return not is_array(value) and "expected an array" or nil end,
  record = function(value) return type(value) ~= "table" and "expected a record" or nil end,
  boolean = function(value) return type(value) ~= "boolean" and "expected a boolean" or nil end,
  string = function(value) return type(value) ~= "string" and "expected a string" or nil end,
  number = function(value) return type(value) ~= "number" and "expected a number" or nil end,
  integer = function(value) return (type(value) ~= "number" or value % 1 ~= 0) and "expected an integer" or nil end,
  ["function"] = function(value) return type(value) ~= "function" and "expected a function" or nil end,
  pair = function(value) return not is_array(value) and "expected an array" or #value ~= 2 and "length must be 2" or nil end,
  description = function(value)
    return type(value) ~= "string" and "expected a string" or #value < 10 and "length must be at least 10" or nil
  end,
  field = function(value) return check_field(value) end,
  fields = function(value) return check_fields(value) end,
  checks = function(value) return each(value, check_entity_check) end,
  shorthands = function(value)
    return each(value, function(item)
      local _, field = next(item)
      local errors = type(field) == "table" and not field.func and { func = "required field missing" }
      return errors or nil
    end)
  end,
}

--- Errors of one field definition, or nil.
function check_field(field)
  if type(field) ~= "table" then
    return "expected a record"
  end
  local errors = {}
  for key, value in pairs(field) do
    local kind = ATTRIBUTES[key]
    errors[key] = not kind and "unknown field" or KINDS[kind](value)
  end
  if field.type == nil then
    errors.type = "required field missing"
  else
    local known = false
    for _, name in ipairs(TYPES) do
      known = known or name == field.type
    end
    errors.type = not known and "expected one of: " .. table.concat(TYPES, ", ") or nil
  end
  if field.unique_across_ws and not field.unique then
    errors["@entity"] = { "failed conditional validation given value of field 'unique_across_ws'" }
    errors.unique = "required field missing"
  end
  if field.default ~= nil and not errors.type and not next(errors) then
    local ok, _, err = pcall(values.check, field, field.default)
    errors.default = ok and err or nil
  elseif field.default ~= nil and field.type == nil then
    errors.default = "invalid type: nil"
  end
  return next(errors) and errors or nil
end

function check_fields(fields)
  return each(fields, function(entry)
    if type(entry) ~= "table" then
      return "expected a map"
    end
    local n = 0
    for _ in pairs(entry) do
      n = n + 1
    end
    if n > 1 then
      return "length must be 1"
    end
    local _, field = next(entry)
    return field ~= nil and check_field(field) or nil
  end)
end

--- What Kong looks at after the definitions themselves: it names the field, not the place.
local function check_rules(fields, errors)
  if not is_array(fields) then
    return
  end
  for _, entry in ipairs(fields) do
    local name, field = next(type(entry) == "table" and entry or {})
    if name == nil then
      errors.fields = errors.fields or "field entry table is empty"
    elseif type(field) ~= "table" then
      errors[name] = "'" .. name .. "' must be a table"
    elseif not field.type then
      errors[name] = "missing type declaration"
    else
      for _, needed in ipairs(NEEDED[field.type] or {}) do
        if field[needed] == nil then
          errors[name] = ("field of type '%s' must declare '%s'"):format(field.type, needed)
        end
      end
      for attribute, types in pairs(LIMITED) do
        if field[attribute] ~= nil and not types[field.type] then
          errors[name] = ("field of type '%s' cannot have attribute '%s'"):format(field.type, attribute)
        end
      end
      if field.type == "record" then
        check_rules(field.fields, errors)
      end
    end
  end
end

local TOP = { name = "string", fields = "top", entity_checks = "checks", shorthand_fields = "shorthands", transformations = "array", check = "function" }
if is_2 then
  TOP.shorthands = "array"
end

local function validate_fields(input)
  assert(type(input) == "table", "expected an input table")
  local errors = {}
  for key, value in pairs(input) do
    local kind = TOP[key]
    if not kind then
      errors[key] = "unknown field"
    elseif kind == "top" then
      local list = check_fields(value)
      if type(list) == "table" then
        for i, err in pairs(list) do
          errors["fields." .. i] = err
        end
      else
        errors.fields = list
      end
    elseif kind == "checks" then
      for i, err in pairs(each(value, check_entity_check) or {}) do
        errors["entity_checks." .. i] = err
      end
    else
      errors[key] = KINDS[kind](value)
    end
  end
  for _, key in ipairs { "name", "fields" } do
    if input[key] == nil then
      errors[key] = "field required for entity check"
    end
  end
  if type(input.fields) == "table" then
    check_rules(input.fields, errors)
  end
  return errors
end

--- True, or nil and the errors by field.
function Schema.validate(input)
  local errors = validate_fields(input)
  if next(errors) then
    return nil, errors
  end
  return true
end

local PARENT = {
  id = "string", name = "string", instance_name = "string", created_at = "integer", updated_at = "integer", route = "foreign", service = "foreign",
  consumer = "foreign", config = "record", protocols = "set", enabled = "boolean", tags = "set",
}

--- Lays a plugin's schema over that of plugins.
function Schema.new_subschema(name, schema)
  for _, entry in ipairs(schema.fields) do
    local key, field = next(entry)
    if not PARENT[key] then
      return nil, ("error in definition of '%s': %s: cannot create a new field"):format(name, key)
    elseif field.type ~= PARENT[key] then
      return nil, ("error in definition of '%s': %s: cannot change type in a specialized field"):format(name, key)
    end
  end
  return true
end

return Schema
