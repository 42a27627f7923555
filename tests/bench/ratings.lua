-- Rates 333 videos in turn. Each round gives other stars than the one before, so every request is a change to be stored.
local sent = 0
local headers = { ["Accept"] = "application/json", ["Content-Type"] = "application/x-www-form-urlencoded" }

request = function()
    local video, stars = sent % 333 + 1, math.floor(sent / 333) % 5 + 1
    sent = sent + 1
    return wrk.format("POST", "/videos/" .. video .. "/rating", headers, "stars=" .. stars)
end
