#include "cli/show_refusal.h"

namespace batchmill::cli {

void show_refusal(const workspace::Refusal& refusal, Console& console) {
  std::string text = refusal.message;
  for (const std::string& detail : refusal.details) text += "\n  " + detail;
  console.error(text, refusal.help);
}

}  // namespace batchmill::cli
