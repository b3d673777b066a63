-- One chunk a line: what each comes to is asked of the interpreters.
return tostring(1e15), tostring(1e14), tostring(123456.789e3), tostring(-0), tostring(0.1), tostring(1e-5), tostring(2^63)
return tonumber("0x10"), tonumber("  12  "), tonumber("1e"), tonumber(""), tonumber(" "), tonumber("0x"), tonumber("1 2"), tonumber("inf"), tonumber("-nan"), tonumber("0b11"), tonumber("1_000")
return tonumber("10", 2), tonumber("ff", 16), tonumber("0xff", 16), tonumber("-ff", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("7 ", 8), tonumber(" 7", 8), tonumber("1.5", 16), tonumber("", 16), tonumber(10, 2), tonumber("+7", 8)
return (tonumber("1", 1))
return (tonumber("1", 37))
return (tonumber({}, 16))
return (tonumber({}))
return (tonumber())
return tonumber("1e1", 16), tonumber("1e1", 10), tonumber(nil)
return math.floor(-1.5), math.ceil(-1.5), math.abs(-3), math.max(1,2,3), math.min(1,2,3), math.fmod(-5,3), math.fmod(5,-3), -5 % 3, 5 % -3, 5.5 % 2, -0 % 3
return math.modf(3.7), math.frexp(8), math.ldexp(1, 4), math.pow(2, 0.5), math.log10(100), math.log(8, 2), math.log(100, 10), math.log(2.718281828459045)
return math.modf(-3.7)
return math.frexp(0.1)
return (math.max())
return (math.floor("x"))
return (math.floor())
return (math.floor(nil))
return math.floor("3.7"), math.huge, -math.huge, math.pi
return 1 % 0, 0/0, 1/0, -1/0, 2^1024, 5 % math.huge, -5 % math.huge, 5 % -math.huge
return select("#"), select("#", nil, nil), select(2, "a", "b", "c"), select(-1, "a", "b", "c")
return select(-2, "a", "b", "c")
return (select(0))
return (select(-5, 1))
return (select())
return (select("x"))
return select(2.7, 1, 2, 3)
return unpack({1,2,3})
return unpack({1,2,3}, 2)
return unpack({1,2,3}, 2, 5)
return unpack({1,2,3}, -1, 1)
return (unpack())
return (unpack({}, 1, 1e8))
return (unpack({}, 1, 8000))
return next({}), next({10}), next({a=1})
return (next({}, "x"))
return (next())
return (next(nil))
return rawget({a=1}, "a"), rawequal("a", "a"), rawequal({}, {})
return (rawget({}))
return (rawset({}, nil, 1))
return (rawset({}, 0/0, 1))
return (rawset({}, 1))
return (rawequal(1))
return (setmetatable({}))
return (setmetatable({}, 1))
return (setmetatable(1, {}))
return (setmetatable(setmetatable({}, {__metatable = 1}), {}))
return (getmetatable())
return (getmetatable("").__index == string)
return getmetatable(1), getmetatable({}), getmetatable(setmetatable({}, {__metatable = 7}))
return (type())
return assert(1, 2, 3)
assert(false)
assert(nil, "msg")
assert(false, {})
assert(false, nil)
assert()
return (ipairs())
return (ipairs(nil))
return (pairs(nil))
return (pairs())
for k in pairs(nil) do end
for k in ipairs(nil) do end
for k in nil do end
for k in 5 do end
for k in next, 5 do end
for k in {} do end
return (pcall())
return xpcall(function() error("x") end, function(m) return m .. "!" end)
return (xpcall())
return (xpcall(print))
return select(1, xpcall(function() local x = nil + 1 end, function(m) return "H:" .. m end))
return select(1, pcall(nil))
return select(1, pcall(function() error() end))
return select(1, pcall(function() error("a", 1) end))
return select(1, pcall(function() error("a", 2) end))
return select(1, pcall(function() error("a", 3) end))
return select(1, pcall(function() error(12) end))
return select(1, pcall(function() error(true) end))
local function f() error("lvl2", 2) end
f()
local function f() error("lvl2", 2) end local function g() f() end g()
return ("abc"):sub(2), ("abc"):sub(-2, -2), ("abc"):sub(0), ("abc"):sub(2, 1), ("abc"):sub(4), ("abc"):sub(-10, 2), ("abc"):sub(1.9), ("abc"):sub("2")
return (("abc"):sub())
return (string.sub())
return (string.sub("x"))
return (string.sub("x", {}))
return (string.len()), 1
return (string.len({}))
return (string.len(123))
return string.byte("abc"), string.byte("abc", 2), string.byte("abc", -1), string.byte("abc", 10), string.byte("abc", 0)
return string.byte("abc", 0, 10)
return string.byte("")
return (string.char(256))
return (string.char(-1))
return (string.char("a"))
return string.char(), string.char(65, 66.7, "67")
return ("x"):rep(3, ","), ("x"):rep(0, ","), ("x"):rep(-1), ("x"):rep(1, ","), (""):rep(3, ","), ("ab"):rep(2.9)
return (("x"):rep(2, {}))
return ("aBc"):lower(), ("aBc"):upper(), ("abc"):reverse(), ("abc"):len()
return (string.lower())
return (string.upper(nil))
return (string.reverse({}))
return ("abc"):find("(b)(c)")
return ("abc"):find("()b()")
return ("abc"):match("^(a)(b)"), ("abc"):match("b"), ("abc"):match("z"), ("abc"):match("()")
return (("abc"):match("("))
return (("abc"):match(")"))
return (("abc"):match("%"))
return (("abc"):match("["))
return (("abc"):match("[a"))
return (("abc"):match("[]"))
return (("abc"):match("[^]"))
return (("abc"):match("%b"))
return (("abc"):match("%bx"))
return (("abc"):match("%f"))
return (("abc"):match("%fa"))
return (("abc"):match("%1"))
return (("abc"):match("(a)%2"))
return (("abc"):match("(a%1)"))
return (("abc"):match("a)"))
return (("abc"):find("a\0b"))
return ("a\0b"):find("a\0b"), ("a\0b"):find("a%zb"), ("a\0b"):match("a.b"), ("a\0b"):find("\0", 1, true)
return ("abc"):gsub("b", "%1"), ("abc"):gsub("b", "%0%0"), ("abc"):gsub("b", "%%")
return (("abc"):gsub("b", "%2"))
return ("abc"):gsub("b", "%")
return ("abc"):gsub("b", "%x")
return ("abc"):gsub("(b", "x")
return (("abc"):gsub("(b", "%1"))
return (("abc"):gsub("b", {}, "x"))
return (("abc"):gsub("b"))
return (("abc"):gsub())
return (("abc"):gsub("b", true))
return (("abc"):gsub("b", function() return {} end))
return (("abc"):gsub("b", { b = true }))
return ("abc"):gsub("b", { b = 1 }), ("abc"):gsub("b", function() return false end), ("abc"):gsub("%w", { a = "x", b = false })
return ("abc"):gsub("", "-"), ("abc"):gsub("", "-", 2), ("abc"):gsub("b*", "-"), ("abc"):gsub("^a", "x"), ("aaa"):gsub("^a", "x")
return ("abc"):gsub("b", "x", 0), ("abc"):gsub("b", "x", -1), ("abc"):gsub("b", 5)
local t = {} for w in ("a b c"):gmatch("%w") do t[#t+1] = w end return t
local t = {} for a, b in ("k=v, x=y"):gmatch("(%w+)=(%w+)") do t[#t+1] = a .. b end return t
local t = {} for p in ("abc"):gmatch("()") do t[#t+1] = p end return t
local t = {} for p in ("^abc"):gmatch("^a") do t[#t+1] = p end return t
for p in ("abc"):gmatch("[a") do end
for p in ("abc"):gmatch() do end
local f = ("a"):gmatch("a") f() return select("#", f())
return ("x"):format(), ("%d"):format(3.7), ("%d"):format("10"), ("%5d|%-5d|%05d|%+d|% d"):format(1, 2, 3, 4, 5)
return (("%d"):format("x"))
return (("%d"):format())
return (string.format("%d"))
return (string.format())
return (("%y"):format(1))
return (("%"):format(1))
return (("%5"):format(1))
return (("%123d"):format(1))
return (("%.123d"):format(1))
return (("%--5d"):format(1))
return (("%s %s"):format(1))
return ("%s %s %s %s"):format(1, "x", true, nil)
return ("%s"):format(setmetatable({}, {__tostring = function() return "T" end}))
return ("%10s|%-10s|%.2s|%10.2s"):format("abc", "abc", "abc", "abc")
return ("%q"):format("a\n\"\\\0\r\t1\1272"), ("%q"):format(12), ("%q"):format("\r9")
return ("%x %X %#x %o %#o %u"):format(255, 255, 255, 8, 8, 7), ("%x"):format(-1), ("%u"):format(-1), ("%d"):format(-0.5)
return ("%5.2f|%-8.3f|%08.3f|%+.1f|% .1f|%.0f|%#.0f"):format(1.234, 1.234, 1.234, 1.25, 1.35, 2.5, 3)
return ("%e %E %.3e %.0e %#.0e"):format(12345.678, 0.00012, 1e100, 15, 15)
return ("%g %g %g %.3g %#g %g %G"):format(100000, 1e6, 1e-5, 1234, 1, 0.1, 1e-10)
return ("%f %e %g %d"):format(1/0, -1/0, 0/0, 0)
return ("%5.1f|%05f|%-6f|%+f|% f"):format(1/0, 1/0, 1/0, 1/0, 0/0)
return ("%.3d|%5.3d|%-5.3d|%05.3d|%.0d|%+.3d|%x|%#.3x|%#X"):format(5, 5, 5, 5, 0, 5, 0, 10, 255)
return ("%c%c%c"):format(72, 105, 0), ("%5c|%-5c|"):format(65, 65), ("%c"):format("66")
return ("%.20f %.99f"):format(0.1, 1), ("%.14g"):format(2^53), ("%.17g"):format(0.1), ("%.3f"):format(1e22), ("%f"):format(1e300)
return ("%i"):format(42), ("%F"):format(1.5), ("%a"):format(1)
return 1234567890122.5 .. "", 0.5 .. "", ("%.0f"):format(0.5), ("%.0f"):format(1.5), ("%.1f"):format(0.25), ("%.0e"):format(2.5)
return table.concat({1, 2, "x"}, ", "), table.concat({}, "x"), table.concat({1,2,3}, "-", 2), table.concat({1,2,3}, "-", 2, 3), table.concat({1,2,3}, 0)
return (table.concat({1, {}, 3}))
return (table.concat({1, nil, 3}))
return (table.concat({1,2}, "", 1, 3))
return (table.concat({true}))
return (table.concat())
return (table.concat({}, {}))
local t = {1,2,3} table.insert(t, 4) table.insert(t, 1, 0) table.insert(t, 10, 9) return t
return (table.insert({}))
return (table.insert({}, 1, 2, 3))
return (table.insert({}, "x", 3))
return (table.insert(nil, 1))
local t = {1,2,3} return table.remove(t), table.remove(t, 1), t, table.remove({}), select("#", table.remove({})), select("#", table.remove({1}, 5))
return (table.remove())
return (table.remove({1,2}, "x"))
local t = {3,1,2} table.sort(t) return t
local t = {"b","a","B"} table.sort(t) return t
local t = {3,1,"x"} table.sort(t) return t
return (table.sort())
return table.getn({1,2}), table.maxn({1,2,nil,4}), table.maxn({[1.5]=1}), table.maxn({[-1]=1})
return (table.getn())
return (table.maxn())
return math.modf(5), math.modf(-3), math.modf(1/0), math.modf(0/0), math.modf(-0.5)
return math.frexp(0), math.frexp(1), math.frexp(-3.5), math.frexp(5e-324), math.frexp(1/0)
return math.max(1, 0/0), math.max(0/0, 1), math.min(0/0, 1), math.min(1, 0/0), math.max(-0, 0), math.max(0, -0)
return (math.pow(2))
return (math.fmod(1))
return (math.max("x"))
return math.max("10", 9), math.floor("0x10"), math.abs(-0), math.ceil(-0.5), math.floor(-0)
return math.deg(1), math.rad(1), math.ldexp(1, 1024), math.ldexp(1, -1080), math.fmod(5, 0), math.fmod(1/0, 1), math.sqrt(-1), math.log(-1), math.log(0)
return 10 % 3.5, -7 % 3, 7 % -3, 1e308 * 10, -1 % (1/0), 2^0.5, 2^-1, (-8)^(1/3), 10 ^ 2
for i = 1, 3, 0 do return i end return "none"
for i = 3, 1, 0 do return i end return "none"
local t = {} for i = 0.1, 1, 0.3 do t[#t+1] = i end return t
local t = {} for i = 1, 0, -0.25 do t[#t+1] = i end return t
for i = 1, 0/0 do return i end return "none"
for i = "1", "2" do return i end
for i = 1, {} do end
for i = {}, 1 do end
for i = 1, 2, "x" do end
for i = 1, 2, nil do end
local t = setmetatable({}, {__lt = function(a, b) return true end}) return t < t, t <= t, t > t, t >= t
local t = setmetatable({}, {__lt = function(a, b) return nil end}) return t < t, t <= t
local t = setmetatable({}, {__le = function(a, b) return 1 end}) return t <= t, t >= t
local t = setmetatable({}, {__eq = function(a, b) return 1 end}) return t == t, t == {}, t ~= {}
local m = {__eq = function(a, b) return true end} return setmetatable({}, m) == setmetatable({}, m)
local t = setmetatable({}, {__concat = function(a, b) return "C" end}) return t .. 1, 1 .. t, t .. t, "a" .. "b" .. t
local t = setmetatable({}, {__unm = function(a) return "U" end, __len = function() return 7 end}) return -t
local t = setmetatable({}, {__add = function(a, b) return type(a) .. type(b) end}) return t + 1, 1 + t, "1" + t, t + t
local t = setmetatable({}, {__call = function(self, ...) return select("#", ...), ... end}) return t(1, 2)
local t = setmetatable({}, {__call = 5}) return (t())
local t = setmetatable({}, {__index = 5}) return (t.x)
local t = setmetatable({}, {__index = "abc"}) return (t.len)
local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v * 2) end}) t.x = 2 t.x = 3 return t.x
local t = setmetatable({}, {__newindex = 5}) t.x = 1
local o = {} local t = setmetatable({}, {__newindex = o}) t.x = 1 return rawget(t, "x"), o.x
local t = setmetatable({}, {__tostring = function() return 5 end}) return (tostring(t))
local t = setmetatable({}, {__metatable = false}) return getmetatable(t)
local t = setmetatable({}, {__metatable = false}) return (setmetatable(t, nil))
local t = {} t[1.0] = "a" t["1"] = "b" return t[1], t["1"], #t
local t = {} t[nil] = 1
local t = {} t[0/0] = 1
return ({})[nil], ({})[0/0]
local t = {10, 20, 30, nil} return #t, t[3]
local t = {n = 1, 2, [3] = 4, 5} return t[1], t[2], t[3], t.n
local t = {[1] = "a", "b"} return t[1]
local t = {"b", [1] = "a"} return t[1]
local function f(...) return ... end return (f(1, 2)), f(1, 2), f(1, 2)
local function f() end return f(), (f())
local function f(a, ...) local b, c = ... return a, b, c, select("#", ...) end return f(1, 2)
local a, b, c = (function() return 1, 2 end)() return a, b, c
local a = {1, 2} local i = 1 i, a[i] = i + 1, 20 return i, a[1], a[2]
local a = 1 do local a = 2 end return a
local a = 1 local function f() return a end a = 2 return f()
local s = 0 for i = 1, 10 do if i == 5 then break end s = s + i end return s
local s = 0 local i = 0 repeat local x = i i = i + 1 s = s + x until x == 3 return s
local s = 0 local i = 0 while true do i = i + 1 if i > 5 then break end s = s + i end return s
goto done do return 1 end ::done:: return 2
local i = 1 ::top:: i = i + 1 if i < 5 then goto top end return i
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end end ::continue:: end return "ok"
local t = {} for i = 1, 3 do t[i] = function() i = i + 1 return i end end return t[1](), t[1](), t[2]()
return not nil, not 0, nil and 1, false or nil, 1 and 2, nil or "x", not not "a"
return 1 == 1.0, "1" == 1, 0 == -0, 0/0 == 0/0, nil == false
return "a" < "b", "a" < "B", "" < "a", "a\0b" < "a\0c", "Z" < "a", "10" < "9"
return 2^3^2, -2^2, not 1 == 2, 1 .. 2 .. 3, 2 * 3 % 4, -3 % 5, 1 + 2 < 4
return "10" + 5, "0x10" * 1, " 5 " - 1, 10 .. "", -"2", "1e1" / 1
return "abc" + 1
local s = "abc" return s + 1
local s = {} return s.x + 1
local s = {} return s.x.y + 1
local s = {x = {}} return s.x.y.z
local s = {x = {}} s.x.y.z = 1
local s = {} s.f()
local s = {} s:f()
local s = {} s[1]()
local s = {} local k = "f" s[k]()
local s = {} return s[1] + 1
local s = {} return s["a b"] + 1
local s = {} return s.x .. "a"
return x .. "a"
return "a" .. x.y
local x return "a" .. x
local x return x .. "a" .. "b"
local x, y = 1 return x + y
local x, y = 1 return y + x
local x return function() return x + 1 end
local x return (function() return x + 1 end)()
local x return (function() return x.y end)()
local x return (function() x() end)()
return -x
return -nil
local x return -x
return #x
local x return #x.y
local x = {} return #x.y
return (1)()
return ("x")()
return ({})()
return (function() end)()()
return math.foo()
math.foo()
string.format.x.y = 1
return 1 < "x"
return {} < 1
return nil > 1
return true < false
return {} <= {}
local function f() error("deep") end local function g() f() end g()
local function f() local x = nil; x.y = 1 end f()
return select(2, pcall(function() local x = nil; x.y = 1 end))
return select(2, pcall(function() error({code = 5}) end)).code
return pcall(pcall)
return pcall(pcall, error, "x")
return select("#", pcall(error))
return xpcall(function() error("a") end, function(m) error("b") end)
return pcall(string.rep, "x", -1)
return pcall(string.rep)
return pcall(setmetatable, 1)
return pcall(next, {}, nil)
local ok, e = pcall(function() return nil .. "x" end) return ok, e
local ok, e = pcall(function() string.rep() end) return ok, e
local ok, e = pcall(function() ("x"):bad() end) return ok, e
local ok, e = pcall(function() local t = {} t.x.y.z = 1 end) return ok, e
local f = string.rep local ok, e = pcall(function() f() end) return ok, e
local t = {r = string.rep} local ok, e = pcall(function() t.r() end) return ok, e
local t = {r = string.rep} local ok, e = pcall(function() t:r() end) return ok, e
local t = {r = string.rep} local ok, e = pcall(function() t["r"]() end) return ok, e
local t = {string.rep} local ok, e = pcall(function() t[1]() end) return ok, e
local ok, e = pcall(function() (string.rep)() end) return ok, e
local ok, e = pcall(function() string.rep("x", setmetatable({}, {__index = error})) end) return ok, e
