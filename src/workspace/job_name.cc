#include "workspace/job_name.h"

#include <array>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace batchmill::workspace {

namespace {

constexpr std::array<std::string_view, 48> kAdjectives = {
    "amber", "ashy",   "bold",   "brave",  "bright", "brisk",  "calm",  "clever",
    "cool",  "cosy",   "crisp",  "dapper", "eager",  "fancy",  "frank", "gentle",
    "goofy", "grand",  "green",  "happy",  "honest", "humble", "icy",   "jolly",
    "keen",  "kind",   "lively", "loyal",  "lucky",  "mellow", "merry", "neat",
    "noble", "plucky", "polite", "proud",  "quiet",  "rapid",  "ripe",  "rustic",
    "sharp", "shiny",  "silver", "steady", "sunny",  "tidy",   "witty", "zesty"};

constexpr std::array<std::string_view, 48> kNouns = {
    "acorn",  "anchor", "apple",  "barley", "basil",   "beacon", "birch",  "brook",
    "cactus", "candle", "cedar",  "cherry", "clover",  "comet",  "coral",  "cumin",
    "dune",   "fern",   "fig",    "garlic", "ginger",  "grape",  "hazel",  "ivory",
    "kettle", "lemon",  "lentil", "maple",  "marble",  "mint",   "moss",   "nutmeg",
    "oat",    "olive",  "onion",  "orange", "peach",   "pebble", "pepper", "pine",
    "plum",   "quartz", "raisin", "reed",   "rhubarb", "spruce", "thyme",  "walnut"};

constexpr std::size_t kSuffix = 10;
constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuvwxyz";

}  // namespace

std::string make_job_name(const Random& random) {
  std::string name(kAdjectives[random() % kAdjectives.size()]);
  name += '_';
  name += kNouns[random() % kNouns.size()];
  name += '_';
  std::uint64_t bits = random();
  for (std::size_t i = 0; i < kSuffix; ++i) {
    name += kLetters[bits % kLetters.size()];
    bits /= kLetters.size();
  }
  return name;
}

std::string problem_of_job_name(const std::string& name) {
  if (name.empty()) return "it is empty";
  if (name.size() > 255) return "it has more than 255 characters";
  if (name[0] == '.' || name[0] == '-') return fmt::format("it begins with '{}'", name[0]);
  for (const char c : name) {
    const bool allowed =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    if (!allowed) {
      return fmt::format("it contains '{}'; allowed are letters, digits, _ - .",
                         printable({&c, 1}));
    }
  }
  return "";
}

}  // namespace batchmill::workspace
