#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace batchmill::cli {

// What `--query` selects from a result: JMESPath with its functions (cli.md 2.3). Multiselect
// hashes keep the order in which they are written. Pure.
// Errors: a syntax error names the column; a function complains of its arguments.
Result<nlohmann::ordered_json> run_query(const std::string& query,
                                         const nlohmann::ordered_json& value);

// Whether the text is an expression at all; asked before any work is done.
Result<void> check_query(const std::string& query);

}  // namespace batchmill::cli
