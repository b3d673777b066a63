-- Test equipment: the base class that plugins extended before 3.0.
local BasePlugin = {}

function BasePlugin:extend()
  local class = {}
  for _, name in ipairs { "new", "init_worker", "certificate", "rewrite", "access", "header_filter", "body_filter", "log" } do
    class[name] = BasePlugin[name]
  end
  class.super = BasePlugin
  class.extend = BasePlugin.extend
  return setmetatable(class, { __index = BasePlugin })
end

function BasePlugin:new() end
function BasePlugin:init_worker() end
function BasePlugin:certificate() end
function BasePlugin:rewrite() end
function BasePlugin:access() end
function BasePlugin:header_filter() end
function BasePlugin:body_filter() end
function BasePlugin:log() end

return BasePlugin
