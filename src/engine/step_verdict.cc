#include "engine/step_verdict.h"

#include <nlohmann/json.hpp>

namespace batchmill::engine {

std::string verdict_to_json(const parallel::Finish& verdict) {
  return nlohmann::json{{"verdict", static_cast<int>(verdict.verdict)},
                        {"cause", static_cast<int>(verdict.cause)},
                        {"detail", verdict.detail},
                        {"error", verdict.error}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<parallel::Finish> verdict_from_json(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("verdict") || !document.contains("cause")) {
    return fail(ErrorKind::kProtocol, "the ledger's record of the step's end is damaged");
  }
  parallel::Finish verdict;
  verdict.verdict = static_cast<parallel::Verdict>(document["verdict"].get<int>());
  verdict.cause = static_cast<parallel::Cause>(document["cause"].get<int>());
  verdict.detail = document.value("detail", "");
  verdict.error = document.value("error", "");
  return verdict;
}

}  // namespace batchmill::engine
