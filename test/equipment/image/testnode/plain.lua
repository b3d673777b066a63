-- Test equipment: a schema without what JSON cannot hold (functions, userdata that is not null).
local null = require("cjson").null

local function plain(value)
  if type(value) ~= "table" then
    return type(value) ~= "function" and value or nil
  elseif value == null then
    return value
  end
  local copy = {}
  for key, item in pairs(value) do
    copy[key] = plain(item)
  end
  return copy
end

return plain
