-- Test equipment: loads handlers and schemas of the enabled plugins, in Kong's order and words.
local plugin_loader = require "kong.db.schema.plugin_loader"
local bundled = require "testnode.bundled"
local is_2 = require("kong.meta")._VERSION:find("^2") ~= nil
local load_module_if_exists = require(is_2 and "kong.tools.utils" or "kong.tools.module").load_module_if_exists

local Plugins = { strategy = "off", handlers = {}, schemas = {} }

--- Bundled plugins are names with a priority here: their code is not in the test node.
local function bundled_handler(plugin)
  return { PRIORITY = bundled[plugin], VERSION = require("kong.meta")._VERSION }, { name = plugin, fields = { { config = { type = "map" } } } }
end

local function load_plugin_handler(plugin)
  local ok, handler = load_module_if_exists("kong.plugins." .. plugin .. ".handler")
  if not ok then
    return nil, plugin .. " plugin is enabled but not installed;\nno plugin found"
  end
  return handler
end

local function load_plugin(self, plugin)
  if bundled[plugin] then
    local handler, schema = bundled_handler(plugin)
    ngx.log(ngx.DEBUG, "Loading plugin: ", plugin)
    return handler, nil, schema
  end
  local handler, err = load_plugin_handler(plugin)
  if not handler then
    return nil, err
  end
  local schema
  schema, err = plugin_loader.load_subschema(plugin, self.strategy)
  if err then
    return nil, err
  end
  handler.plugin_name = handler.plugin_name
  if not is_2 then
    if type(handler.PRIORITY) ~= "number" or handler.PRIORITY % 1 ~= 0 then
      return nil, ('Plugin "%s" cannot be loaded because its PRIORITY field is not a valid integer number, got: "%s".\n'):format(plugin, tostring(handler.PRIORITY))
    elseif type(handler.VERSION) ~= "string" or not handler.VERSION:match("^%d+%.%d+") then
      return nil, ('Plugin "%s" cannot be loaded because its VERSION field does not follow the "x.y.z" format, got: "%s".\n'):format(plugin, tostring(handler.VERSION))
    end
  end
  if handler.response and (handler.header_filter or handler.body_filter) then
    return nil, ('Plugin "%s" can\'t be loaded because it implements both `response` and `header_filter` or `body_filter` methods.\n'):format(plugin)
  end
  ngx.log(ngx.DEBUG, "Loading plugin: ", plugin)
  local ok
  ok, err = plugin_loader.load_entities(plugin)
  if not ok then
    return nil, err
  end
  return handler, nil, schema
end

--- Loads all of them; nil and all errors joined when one is wrong.
function Plugins:load_plugin_schemas(plugin_set)
  local handlers, schemas, errs = {}, {}, nil
  for plugin in pairs(plugin_set) do
    local handler, err, schema = load_plugin(self, plugin)
    if err then
      errs = (errs and errs .. "; " or "") .. "on plugin '" .. plugin .. "': " .. tostring(err)
    else
      handlers[plugin], schemas[plugin] = handler, schema
    end
  end
  if errs then
    return nil, "error loading plugin schemas: " .. errs
  end
  self.handlers, self.schemas = handlers, schemas
  return true
end

return Plugins
