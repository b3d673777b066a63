-- Test equipment: settings as Kong reads them. Arguments win over KONG_* variables, those over the file, the file over the defaults.
local sys = require "testnode.sys"
local version = require("kong.meta")._VERSION
local defaults = require "testnode.defaults"
local bundled = require "testnode.bundled"

local DEFAULT_FILES = { "/etc/kong/kong.conf", "/etc/kong.conf" }
local LOG_LEVELS = { "debug", "info", "notice", "warn", "error", "crit", "alert", "emerg" }
local LISTEN_OPTIONS = "[ssl] [http2] [proxy_protocol] [deferred] [bind] [reuseport] [backlog=%d+] [ipv6only=on]"
  .. " [ipv6only=off] [so_keepalive=on] [so_keepalive=off] [so_keepalive=%w*:%w*:%d*], [... next entry ...]"
local NGINX_BLOCKS = { "main", "events", "http", "proxy", "admin", "status", "upstream", "stream", "location" }

local conf = {}

local function strip(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

--- `name = value` lines; `#` starts a comment also behind a value, `\#` keeps it; the last of two equal names wins.
function conf.parse(text)
  local values = {}
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    local bare = line:gsub("\\#", "\1"):gsub("#.*$", ""):gsub("\1", "#")
    local name, value = bare:match("^%s*([%w_]+)%s*=(.*)$")
    if name then
      values[name] = strip(value)
    end
  end
  return values
end

local function is_dynamic(name)
  for _, block in ipairs(NGINX_BLOCKS) do
    if name:find("^nginx_" .. block .. "_") then
      return true
    end
  end
  return name:find("^pluginserver_") ~= nil
end

local function environment()
  local values = {}
  local pipe = assert(io.popen("env -0"))
  for entry in pipe:read("*a"):gmatch("([^%z]+)") do
    local name, value = entry:match("^KONG_([A-Z0-9_]+)=(.*)$")
    if name then
      values[name:lower()] = strip(value)
    end
  end
  pipe:close()
  return values
end

local function overlay(target, values)
  for name, value in pairs(values) do
    if defaults[name] ~= nil or is_dynamic(name) then
      target[name] = value == "" and (defaults[name] or "") or value
    end
  end
end

--- A comma list, each entry trimmed; an empty entry is a plugin named ''.
function conf.list(value)
  local items = {}
  if value ~= "" then
    for item in (value .. ","):gmatch("([^,]*),") do
      items[#items + 1] = strip(item)
    end
  end
  return items
end

local function loaded_plugins(value)
  local set = {}
  local names = conf.list(value)
  if names[1] == "off" then
    return set
  end
  for _, name in ipairs(names) do
    if name == "bundled" then
      for bundled_name in pairs(bundled) do
        set[bundled_name] = true
      end
    else
      set[name] = true
    end
  end
  return set
end

local function check(values)
  local errors = {}
  local known = false
  for _, level in ipairs(LOG_LEVELS) do
    known = known or level == values.log_level
  end
  if not known then
    errors[#errors + 1] = ("log_level has an invalid value: '%s' (%s)"):format(values.log_level, table.concat(LOG_LEVELS, ", "))
  end
  for _, name in ipairs { "admin_listen", "proxy_listen" } do
    if values[name] ~= "off" then
      for _, entry in ipairs(conf.list(values[name])) do
        if not entry:find("^%S+:%d+") then
          errors[#errors + 1] = name .. " must be of form: [off] | <ip>:<port> " .. LISTEN_OPTIONS
          break
        end
      end
    end
  end
  local database = values.database
  if database ~= "off" and database ~= "postgres" then
    errors[#errors + 1] = ("database has an invalid value: '%s' (postgres, %soff)"):format(database, version:find("^2") and "cassandra, " or "")
  end
  return errors
end

--- Effective settings. options: path (of a file that must exist), base (values below the file, from .kong_env), arguments,
--- only_file (no default file, no environment).
function conf.load(options)
  local values = {}
  overlay(values, defaults)
  if options.base then
    overlay(values, options.base)
  end
  local path = options.path
  if not path and not options.base then
    for _, candidate in ipairs(DEFAULT_FILES) do
      if not path and sys.exists(candidate) then
        path = candidate
      end
    end
  end
  if path then
    if not sys.exists(path) then
      return nil, "no file at: " .. path
    end
    local text, err = sys.read(path)
    if not text then
      return nil, "could not load config file: " .. err
    end
    overlay(values, conf.parse(text))
  end
  if not options.only_file then
    overlay(values, environment())
  end
  overlay(values, options.arguments or {})
  values.prefix = values.prefix:gsub("(.)/+$", "%1")
  if values.prefix:sub(1, 1) ~= "/" then
    values.prefix = (os.getenv("PWD") or "") .. "/" .. values.prefix
  end
  local errors = check(values)
  if errors[1] then
    return nil, errors[1], errors
  end
  values.loaded_plugins = loaded_plugins(values.plugins)
  values.source = path
  return values
end

--- The settings that a running Kong uses.
function conf.from_prefix(prefix)
  local path = prefix .. "/.kong_env"
  if not sys.exists(path) then
    return nil, "no file at: " .. path
  end
  local text, err = sys.read(path)
  if not text then
    return nil, "could not load config file: " .. err
  end
  return conf.load { base = conf.parse(text), only_file = true }
end

--- What `.kong_env` holds.
function conf.to_env(values)
  local lines = {
    "# *************************",
    "# * DO NOT EDIT THIS FILE *",
    "# *************************",
    "# Written by `kong prepare` of the test node from the settings of the last start or reload.",
    "",
  }
  local names = {}
  for name, value in pairs(values) do
    if type(value) == "string" and value ~= "" and name ~= "source" then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    lines[#lines + 1] = name .. " = " .. values[name]:gsub("#", "\\#")
  end
  return table.concat(lines, "\n") .. "\n"
end

return conf
