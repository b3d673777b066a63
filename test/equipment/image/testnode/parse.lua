-- Test equipment: `kong config parse`: loads every enabled plugin, then reads the declarative file.
return function(values, path, fail)
  ngx = { log = function() end, DEBUG = 8, null = require("cjson").null, md5 = function(text) return text end, sha1_bin = function(text) return ("x"):rep(20) .. text end }
  local plugins = require "kong.db.dao.plugins"
  local declarative = require "kong.db.declarative"
  local file = io.open(path)
  if not file then
    fail("Failed parsing:\n" .. path .. ": No such file or directory")
  end
  file:close()
  local ok, result, err = pcall(plugins.load_plugin_schemas, plugins, values.loaded_plugins)
  if not ok then
    fail((tostring(result):gsub("^%S+:%d+: ", "", 1)))
  elseif not result then
    -- Kong's own command crashes here instead of naming the plugin that is not installed.
    fail(err:find("enabled but not installed", 1, true) and "attempt to index upvalue 'kong' (a nil value)" or err)
  end
  local rows
  rows, err = declarative.parse_file(path, plugins)
  if not rows then
    fail("Failed parsing:\n" .. err)
  end
  print("parse successful")
  return 0
end
