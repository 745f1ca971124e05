#include "cli/session.h"

#include <nlohmann/json.hpp>

#include "cli/query.h"

namespace batchmill::cli {

int Session::print(const nlohmann::ordered_json& result, const nlohmann::ordered_json* table) {
  FormatOptions options;
  options.format = output_format_from(call_.text("output", "json")).value_or(OutputFormat::kJson);
  options.colour = console_.caps().colour_out;
  if (!call_.has("query")) {
    const bool as_table = options.format == OutputFormat::kTable && table != nullptr;
    options.order_is_given = as_table;
    console_.out(format_result(as_table ? *table : result, options));
    return kExitSuccess;
  }
  const auto selected = run_query(call_.text("query"), result);
  if (!selected) return console_.failed(selected.error());
  options.order_is_given = true;
  console_.out(format_result(*selected, options));
  return kExitSuccess;
}

Result<workspace::FoundJob> Session::job() const {
  return workspace::find_job(call_.text("name"), workspace_, parts_.work);
}

}  // namespace batchmill::cli
