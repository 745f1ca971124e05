#include "cli/show_diagnostics.h"

#include <algorithm>

#include "pipeline/diagnostic_text.h"

namespace batchmill::cli {

void show_diagnostics(const std::vector<Diagnostic>& diagnostics,
                      const std::map<std::string, std::string>& sources, const std::string& file,
                      const std::string& effect, Console& console) {
  const pipeline::TextOptions options{console.caps().width, console.caps().colour_err};
  const bool has_errors = pipeline::has_errors(diagnostics);
  std::vector<Diagnostic> placed;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.level != Level::kError && console.only_errors()) continue;
    if (diagnostic.code >= 100) {
      placed.push_back(diagnostic);
    } else if (!has_errors) {
      // Of a file with errors nothing runs, so nothing is to be said about how it would.
      console.tell(diagnostic);
    }
  }
  console.err(pipeline::render_text(placed, sources, options));
  if (has_errors) console.err("\n" + pipeline::summary_line(file, placed, effect, options));
}

}  // namespace batchmill::cli
