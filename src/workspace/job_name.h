#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace batchmill::workspace {

using Random = std::function<std::uint64_t()>;

// "goofy_nutmeg_1yysd7rnvf": readable, and unique without asking anyone.
std::string make_job_name(const Random& random);

// A name that may be a folder: letters, digits, '_', '-' and '.', at most 255, not starting with
// '.' or '-'. "" or what is wrong with it.
std::string problem_of_job_name(const std::string& name);

}  // namespace batchmill::workspace
