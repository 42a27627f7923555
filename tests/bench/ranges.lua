-- Asks for 1 MiB at a random place of a file of 1 GiB.
math.randomseed(os.time())

request = function()
    local first = math.random(0, 1022) * 1048576
    return wrk.format("GET", nil, { ["Range"] = "bytes=" .. first .. "-" .. (first + 1048575) })
end
