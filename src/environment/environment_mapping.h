#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Which interpreter the workspace's configuration names for an environment. Pure.
namespace batchmill::environment {

using Mapping = std::vector<std::pair<std::string, std::string>>;  // pattern -> interpreter

// '*' stands for any text, '?' for one character; everything else for itself.
bool matches_glob(std::string_view pattern, std::string_view text);

// The interpreter of the pattern that fits best: an equal key, else the first fitting pattern in
// the order of the file. The prefix "azureml:" counts on neither side.
std::optional<std::string> mapped_python(const Mapping& mapping, std::string_view reference);

}  // namespace batchmill::environment
