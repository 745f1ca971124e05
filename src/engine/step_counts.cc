#include "engine/step_counts.h"

#include <nlohmann/json.hpp>

namespace batchmill::engine {

namespace {

using nlohmann::json;

json to_json(const Count& count) { return {count.done, count.failed, count.total}; }

bool read(const json& document, const char* key, Count& count) {
  const auto numbers = document.find(key);
  if (numbers == document.end() || !numbers->is_array() || numbers->size() != 3) return false;
  for (const json& number : *numbers) {
    if (!number.is_number_unsigned()) return false;
  }
  count = {(*numbers)[0], (*numbers)[1], (*numbers)[2], true};
  return true;
}

}  // namespace

std::string counts_to_json(const StepCounts& counts) {
  return json{{"mini_batches", to_json(counts.mini_batches)}, {"items", to_json(counts.items)}}
      .dump();
}

Result<StepCounts> counts_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  StepCounts counts;
  if (document.is_object() && read(document, "mini_batches", counts.mini_batches) &&
      read(document, "items", counts.items)) {
    return counts;
  }
  return fail(ErrorKind::kProtocol, "the ledger's record of the step's counts is damaged");
}

Result<StepCounts> counts_of(const Files& files, Ledgers& ledgers, const StepFolder& folder) {
  if (!files.exists(folder.ledger())) {
    return fail(ErrorKind::kNotFound, folder.ledger() + ": no such file");
  }
  BM_ASSIGN(const auto ledger, ledgers.open(folder.ledger(), true));
  BM_ASSIGN(const std::string text, ledger->fact(kCountsFact));
  if (text.empty()) return fail(ErrorKind::kNotFound, folder.ledger() + ": no counts are kept");
  return counts_from_json(text);
}

}  // namespace batchmill::engine
