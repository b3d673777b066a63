-- Test equipment: stands for PostgreSQL. The rows are one JSON file, <pg_host>/<pg_database>.json under /var/lib/test-postgres, so that
-- containers that share this folder share a database.
local cjson = require "cjson.safe"
local sys = require "testnode.sys"

local ROOT = "/var/lib/test-postgres/"
local KINDS = { "services", "routes", "consumers", "plugins" }
local BOOTSTRAP = "Database needs bootstrapping or is older than Kong 1.0.\n\n"
  .. "To start a new installation from scratch, run 'kong migrations bootstrap'.\n\n"
  .. "To migrate from a version older than 1.0, migrated to Kong 1.5.0 first. \n"
  .. "If you still have 'apis' entities, you can convert them to Routes and Services\n"
  .. "using the 'kong migrations migrate-apis' command in Kong 1.5.0.\n"

-- `migrations` among the rows says what is still to be done: "new" before `kong migrations up`, "pending" before `finish`.
local NEW = "New migrations available; run 'kong migrations up' to proceed"
local PENDING = "Database has pending migrations; run 'kong migrations finish'"

local database = {}

local function path_of(values)
  return ROOT .. values.pg_host:gsub("[^%w%.%-]", "_") .. "." .. values.pg_database:gsub("[^%w%-]", "_") .. ".json"
end

function database.empty()
  local rows = {}
  for _, kind in ipairs(KINDS) do
    rows[kind] = {}
  end
  return rows
end

--- All rows, or nil and why not.
function database.read(values)
  if values.pg_host == "unreachable" then
    return nil, "[PostgreSQL error] failed to retrieve PostgreSQL server_version_num: connection refused"
  end
  local text = sys.read(path_of(values))
  return text and cjson.decode(text) or database.empty(), not text and "bootstrap" or nil
end

--- The migrations of the enabled plugins that were not executed, as `plugin: name, name`, by name. Kong's own plugins have none here.
local function missing(values, rows)
  local found = {}
  for plugin in pairs(values.loaded_plugins or {}) do
    local ok, names = pcall(require, "kong.plugins." .. plugin .. ".migrations")
    local news = {}
    for _, name in ipairs(ok and type(names) == "table" and names or {}) do
      if not (rows.executed or {})[plugin .. ":" .. name] then
        news[#news + 1] = name
      end
    end
    if news[1] then
      found[#found + 1] = { plugin = plugin, names = news }
    end
  end
  table.sort(found, function(a, b) return a.plugin < b.plugin end)
  return found
end

local function lines(found)
  local text = {}
  for _, one in ipairs(found) do
    text[#text + 1] = one.plugin .. ": " .. table.concat(one.names, ", ")
  end
  return table.concat(text, "\n")
end

--- What a start says to the state of the database, or nil.
function database.refusal(values, rows, state)
  return state == "bootstrap" and BOOTSTRAP or (rows.migrations == "new" or missing(values, rows)[1]) and NEW or nil
end

--- Marks them as executed; one with a second half waits for `finish`. Their statements are not run.
local function execute(values, rows)
  local count, pending = 0, 0
  rows.executed = rows.executed or {}
  for _, one in ipairs(missing(values, rows)) do
    print("migrating " .. one.plugin .. " on database '" .. values.pg_database .. "'...")
    for _, name in ipairs(one.names) do
      local migration = require("kong.plugins." .. one.plugin .. ".migrations." .. name)
      local half = migration.postgres and migration.postgres.teardown and true or false
      rows.executed[one.plugin .. ":" .. name] = half and "pending" or "executed"
      print(one.plugin .. " migrated up to: " .. name .. (half and " (pending)" or " (executed)"))
      count, pending = count + 1, pending + (half and 1 or 0)
    end
  end
  return count, pending
end

--- Those that wait for `finish`, by `plugin:name`.
local function waiting(rows)
  local found = {}
  for name, state in pairs(rows.executed or {}) do
    if state == "pending" then
      found[#found + 1] = name
    end
  end
  table.sort(found)
  return found
end

function database.write(values, rows)
  return sys.write(path_of(values), cjson.encode(rows), 438)
end

--- What `kong start` looks at before nginx.
function database.check(values, fail)
  if values.database ~= "postgres" then
    return
  end
  local rows, err = database.read(values)
  if not rows then
    fail(err)
  elseif database.refusal(values, rows, err) then
    fail("/usr/local/share/lua/5.1/kong/cmd/utils/migrations.lua:16: " .. database.refusal(values, rows, err) .. "\n")
  end
end

local function list(rows, news, half)
  print("Executed migrations:\n    core: 000_base\n")
  if rows.migrations == "new" or news[1] then
    print("New migrations available:\n" .. (rows.migrations == "new" and "core: 001_next\n" or "") .. lines(news) .. "\n\nRun 'kong migrations up' to proceed")
    return 5
  elseif rows.migrations or half[1] then
    print("Pending migrations:\n" .. (rows.migrations and "core: 001_next\n" or "") .. table.concat(half, "\n") .. "\n\nRun 'kong migrations finish' when ready")
    return 4
  end
  return 0
end

local function up(values, rows, half, fail)
  if rows.migrations == "pending" or half[1] then
    fail(PENDING)
  end
  local count, pending = execute(values, rows)
  if rows.migrations then
    count, rows.migrations = count + 1, nil
  end
  if count == 0 then
    print("Database is already up-to-date")
    return 0
  end
  assert(database.write(values, rows))
  print(count .. " migrations processed\n" .. count - pending .. " executed")
  print(pending > 0 and pending .. " pending\n\nDatabase has pending migrations; run 'kong migrations finish' when ready" or "Database is up-to-date")
  return 0
end

function database.migrations(values, action, fail)
  if values.database ~= "postgres" then
    return 0
  end
  local rows, state = database.read(values)
  if not rows then
    fail(state)
  end
  if action == "bootstrap" then
    if state then
      execute(values, rows)
      assert(database.write(values, rows))
    end
    print(state and "Database is up-to-date" or "Database already bootstrapped")
    return 0
  end
  if state then
    if action == "list" then
      print(BOOTSTRAP)
      return 3
    end
    fail("Cannot run migrations: " .. BOOTSTRAP)
  end
  local news, half = missing(values, rows), waiting(rows)
  if action == "list" then
    return list(rows, news, half)
  elseif action == "up" then
    return up(values, rows, half, fail)
  end
  for _, name in ipairs(half) do
    rows.executed[name] = "executed"
  end
  local count = #half + (rows.migrations and 1 or 0)
  rows.migrations = nil
  assert(database.write(values, rows))
  print(count == 0 and "No pending migrations to finish" or count .. " migrations processed\n" .. count .. " executed")
  return 0
end

return database
