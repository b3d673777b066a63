-- Test equipment: requires a module that may be absent. Any other failure while it loads is thrown.
local _M = {}

function _M.load_module_if_exists(module_name)
  local status, res = xpcall(require, debug.traceback, module_name)
  if status then
    return true, res
  elseif type(res) == "string" and res:find("module '" .. module_name .. "' not found", 1, true) then
    return false, res
  end
  error("error loading module '" .. module_name .. "':\n" .. res)
end

return _M
