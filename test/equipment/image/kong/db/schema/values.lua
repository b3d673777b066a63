-- Test equipment: does a value follow the definition of a field; with defaults laid in.
local null = require("cjson").null

local values = {}

local function is_array(value)
  return type(value) == "table" and (next(value) == nil or #value > 0)
end

local check

local function check_items(field, value, message)
  if not is_array(value) then
    return nil, message
  end
  local result, errors = {}, {}
  for i, item in ipairs(value) do
    result[i], errors[i] = check(field.elements or { type = "string" }, item)
  end
  if next(errors) then
    return nil, errors
  end
  return result
end

local TYPES = {
  string = function(_, value)
    if type(value) ~= "string" then
      return nil, "expected a string"
    end
    return value
  end,
  number = function(_, value)
    if type(value) ~= "number" then
      return nil, "expected a number"
    end
    return value
  end,
  integer = function(_, value)
    if type(value) ~= "number" or value % 1 ~= 0 then
      return nil, "expected an integer"
    end
    return value
  end,
  boolean = function(_, value)
    if type(value) ~= "boolean" then
      return nil, "expected a boolean"
    end
    return value
  end,
  array = function(field, value)
    return check_items(field, value, "expected an array")
  end,
  set = function(field, value)
    return check_items(field, value, "expected a set")
  end,
  map = function(_, value)
    if type(value) ~= "table" then
      return nil, "expected a map"
    end
    return value
  end,
  record = function(field, value)
    if type(value) ~= "table" then
      return nil, "expected a record"
    end
    return values.check_record(field.fields or {}, value)
  end,
}

local function check_attributes(field, value)
  if field.one_of then
    for _, allowed in ipairs(field.one_of) do
      if allowed == value then
        return
      end
    end
    local names = {}
    for i, allowed in ipairs(field.one_of) do
      names[i] = tostring(allowed)
    end
    return "expected one of: " .. table.concat(names, ", ")
  elseif field.between and (value < field.between[1] or value > field.between[2]) then
    return ("value should be between %d and %d"):format(field.between[1], field.between[2])
  elseif field.len_min and #value < field.len_min then
    return "length must be at least " .. field.len_min
  elseif field.match and not value:find(field.match) then
    return "invalid value: " .. value
  elseif field.custom_validator then
    local ok, err = field.custom_validator(value)
    return not ok and (err or "invalid value") or nil
  end
end

--- The value, or nil and the error.
function check(field, value)
  local by_type = TYPES[field.type]
  if not by_type then
    return value
  end
  local result, err = by_type(field, value)
  if err ~= nil then
    return nil, err
  end
  err = check_attributes(field, result)
  if err then
    return nil, err
  end
  return result
end

values.check = check

--- The record with its defaults, or nil and the errors by field.
function values.check_record(fields, record)
  local result, errors, known = {}, {}, {}
  for _, entry in ipairs(fields) do
    local name, field = next(entry)
    known[name] = true
    local value = record[name]
    if value == nil then
      value = field.default
      if value == nil and field.type == "record" and field.required then
        value = {}
      end
    end
    if value == nil or value == null then
      if field.required then
        errors[name] = "required field missing"
      else
        result[name] = null
      end
    else
      result[name], errors[name] = check(field, value)
    end
  end
  for name in pairs(record) do
    if not known[name] then
      errors[name] = "unknown field"
    end
  end
  if next(errors) then
    return nil, errors
  end
  return result
end

return values
