-- Test equipment: the commands of `kong`, with Kong's words and exit codes.
local sys = require "testnode.sys"
local conf = require "testnode.conf"
local prefix = require "testnode.prefix"
local version = require("kong.meta")._VERSION

local USAGE = "Usage: kong COMMAND [OPTIONS]\n\nThe available commands are:\n  check config health migrations prepare quit reload restart start stop version\n"
local MORE = "\n\n  Run with --v (verbose) or --vv (debug) for more details\n"
local VALUE_OPTIONS = { ["-c"] = "conf", ["--conf"] = "conf", ["-p"] = "prefix", ["--prefix"] = "prefix", ["-t"] = "timeout", ["--timeout"] = "timeout", ["--nginx-conf"] = "nginx_conf" }
local START_LINE = version:find("^2") and 64 or 99

local commands = {}

local function fail(message)
  error({ user = message }, 0)
end

local function parse(arguments)
  local options, rest = {}, {}
  local i = 1
  while arguments[i] do
    local name = VALUE_OPTIONS[arguments[i]]
    if name then
      options[name] = arguments[i + 1]
      i = i + 1
    elseif arguments[i]:sub(1, 1) == "-" then
      options[arguments[i]:gsub("^%-+", "")] = true
    else
      rest[#rest + 1] = arguments[i]
    end
    i = i + 1
  end
  return options, rest
end

local function settings(options)
  local values, err = conf.load { path = options.conf, arguments = { prefix = options.prefix } }
  return values or fail(err)
end

--- Where stop, quit and health look: they read `.kong_env`, not kong.conf.
local function root_of(options)
  return (options.prefix or os.getenv("KONG_PREFIX") or "/usr/local/kong"):gsub("(.)/+$", "%1")
end

local function prepare(values)
  local ok, err = prefix.prepare(values)
  if not ok then
    fail(err)
  end
end

function commands.version()
  print(version)
end

function commands.prepare(options)
  prepare(settings(options))
end

function commands.check(_, rest)
  local path = rest[1] or "/etc/kong/kong.conf"
  local values, err, all = conf.load { path = path }
  if values then
    print("configuration at " .. path .. " is valid")
    return 0
  end
  for _, message in ipairs(all or { err }) do
    io.stderr:write(os.date("!%Y/%m/%d %H:%M:%S"), " [error] ", message, "\n")
  end
  return 1
end

function commands.start(options)
  local values = settings(options)
  if prefix.running(values.prefix) then
    fail("Kong is already running in " .. values.prefix)
  end
  prepare(values)
  require("testnode.database").check(values, fail)
  local code, output = sys.run("nginx -e logs/error.log -p " .. sys.quote(values.prefix) .. " -c nginx.conf")
  if code ~= 0 then
    fail("/usr/local/share/lua/5.1/kong/cmd/start.lua:" .. START_LINE .. ": " .. output)
  end
  print("Kong started")
end

function commands.reload(options)
  local base_prefix = root_of(options)
  if version:find("^2") and not sys.exists(base_prefix) then
    fail("no such prefix: " .. base_prefix)
  end
  local running, err = conf.from_prefix(base_prefix)
  if not running then
    fail(err)
  end
  local base = {}
  for name, value in pairs(running) do
    base[name] = type(value) == "string" and name ~= "source" and value or nil
  end
  local values
  values, err = conf.load { base = base, path = options.conf, arguments = { prefix = base_prefix } }
  if not values then
    fail(err)
  end
  local pid = prefix.running(values.prefix)
  if not pid then
    fail("nginx not running in prefix: " .. values.prefix)
  end
  values.nginx_daemon = running.nginx_daemon
  prepare(values)
  if not sys.signal(pid, 1) then
    fail("nginx not running in prefix: " .. values.prefix)
  end
  print("Kong reloaded")
end

local function stop(options, signal, message)
  local root = root_of(options)
  if not sys.exists(root .. "/.kong_env") then
    fail("no such prefix: " .. root)
  end
  local pid = prefix.running(root)
  if not pid then
    fail("nginx not running in prefix: " .. root)
  end
  sys.signal(pid, signal)
  for _ = 1, 100 do
    if not sys.exists(root .. "/pids/nginx.pid") then
      break
    end
    sys.sleep(0.1)
  end
  print(message)
end

function commands.stop(options)
  stop(options, 15, "Kong stopped")
end

function commands.quit(options)
  stop(options, 3, "Kong stopped (gracefully)")
end

function commands.restart(options)
  local values = settings(options)
  pcall(stop, { prefix = values.prefix }, 15, "Kong stopped")
  commands.start(options)
end

function commands.health(options)
  local root = root_of(options)
  local _, err = conf.from_prefix(root)
  if err then
    fail(err)
  end
  if not prefix.running(root) then
    print("nginx.......not running")
    fail("Kong is not running at " .. root)
  end
  print("nginx.......running\n\nKong is healthy at " .. root)
end

--- Modules of plugins are looked for where the settings say.
local function search(values)
  package.path = values.lua_package_path:gsub(";;", ";") .. ";" .. package.path
end

function commands.config(options, rest)
  if rest[1] ~= "parse" or not rest[2] then
    fail("expected: kong config parse FILE")
  end
  local values = conf.from_prefix(root_of(options))
  values = conf.load { base = values, path = options.conf, arguments = { prefix = options.prefix } } or settings(options)
  search(values)
  return require("testnode.parse")(values, rest[2], fail)
end

function commands.migrations(options, rest)
  local values = settings(options)
  search(values)
  return require("testnode.database").migrations(values, rest[1], fail)
end

--- Runs the command line; returns the exit code.
return function(arguments)
  local name = arguments[1]
  local command = name and commands[name]
  if not command then
    io.stderr:write(name and name:sub(1, 1) ~= "-" and ("No such command: " .. name .. "\n\n") or "", USAGE)
    return 1
  end
  local options, rest = parse { unpack(arguments, 2) }
  local ok, result = xpcall(function()
    return command(options, rest) or 0
  end, function(err)
    return type(err) == "table" and err or { user = debug.traceback(tostring(err)) }
  end)
  if ok then
    return result
  end
  io.stderr:write("Error: ", result.user, MORE)
  return 1
end
