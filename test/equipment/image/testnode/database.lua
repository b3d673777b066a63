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

--- What a start says to the state of the database, or nil.
function database.refusal(rows, state)
  return state == "bootstrap" and BOOTSTRAP or rows.migrations == "new" and NEW or nil
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
  elseif database.refusal(rows, err) then
    fail("/usr/local/share/lua/5.1/kong/cmd/utils/migrations.lua:16: " .. database.refusal(rows, err) .. "\n")
  end
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
  if rows.migrations and (action == "up" or action == "finish") then
    if action == "up" and rows.migrations == "pending" then
      fail(PENDING)
    end
    rows.migrations = nil
    assert(database.write(values, rows))
    print("1 migration processed\n1 executed\nDatabase is up-to-date")
    return 0
  end
  if action == "list" and rows.migrations then
    print("Executed migrations:\n    core: 000_base\n")
    print(rows.migrations == "new" and "New migrations available:\ncore: 001_next\n\nRun 'kong migrations up' to proceed"
      or "Pending migrations:\ncore: 001_next\n\nRun 'kong migrations finish' when ready")
    return rows.migrations == "new" and 5 or 4
  end
  print(action == "list" and "Executed migrations:\n    core: 000_base" or "Database is already up-to-date")
  return 0
end

return database
