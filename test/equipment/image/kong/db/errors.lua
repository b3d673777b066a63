-- Test equipment: errors as Kong words them.
local pretty = require "pl.pretty"

local _M = {}

local function sorted_keys(tbl)
  local keys = {}
  for key in pairs(tbl) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

function _M.schema_violation(fields, strategy)
  local messages = {}
  for _, key in ipairs(sorted_keys(fields)) do
    local value = fields[key]
    messages[#messages + 1] = key .. ": " .. (type(value) == "table" and pretty.write(value) or tostring(value))
  end
  return (strategy and "[" .. strategy .. "] " or "")
    .. (#messages == 1 and "schema violation (" or #messages .. " schema violations (")
    .. table.concat(messages, "; ")
    .. ")"
end

return _M
