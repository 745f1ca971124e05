#include "pipeline/explain.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "model/catalogue.h"

namespace batchmill::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Explain, TellsMeaningAndExamples) {
  EXPECT_EQ(explain(103),
            R"(BM103 (error): key twice

    key '<k>' appears twice
    help: remove one; the first is at line <line>

YAML allows a key once per mapping. Other readers silently take the last.

Wrong:

    code: ./a
    code: ./b

Right:

    code: ./b
)");
}

TEST(Explain, ListsWhatIsAllowed) {
  const std::string text = explain(
      105, {{105, "a parallel step", {"type", "input_data"}}, {114, "settings", {"force_rerun"}}});
  EXPECT_THAT(text, HasSubstr("\nAllowed in a parallel step (2):\n\n    type, input_data\n"));
  EXPECT_THAT(text, Not(HasSubstr("force_rerun")));
}

TEST(Explain, KnowsTheKeyTable) {
  EXPECT_THAT(explain(105), HasSubstr("\nAllowed in a parallel step ("));
  EXPECT_THAT(explain(109), HasSubstr("\nAllowed in logging_level ("));
}

TEST(Explain, KnowsOnlyItsOwnCodes) { EXPECT_EQ(explain(999), ""); }

TEST(Explain, KeepsToTheWidth) {
  for (const CatalogueEntry& entry : catalogue()) {
    const std::string text = explain(entry.code);
    for (const std::string_view line : split(text, '\n')) {
      if (!line.starts_with("    ")) {
        EXPECT_LE(display_width(line), 80U) << line;
      }
    }
  }
}

TEST(ExplainAll, HasEveryCodeOnce) {
  const std::string page = explain_all({{109, "logging_level", {"DEBUG"}}});
  for (const CatalogueEntry& entry : catalogue()) {
    const std::string title = "### " + code_name(entry.code) + ": ";
    const std::size_t at = page.find(title);
    EXPECT_NE(at, std::string::npos) << title;
    EXPECT_EQ(page.find(title, at + 1), std::string::npos) << title;
  }
  EXPECT_THAT(page, HasSubstr("Allowed in logging_level: `DEBUG`"));
}

// BATCHMILL_UPDATE_DOCS=1 writes the page instead.
TEST(ExplainAll, IsThePageInTheDocuments) {
  constexpr const char* path = BATCHMILL_SOURCE_DIR "/docs/diagnostics.md";
  if (std::getenv("BATCHMILL_UPDATE_DOCS") != nullptr) std::ofstream(path) << explain_all();
  std::stringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_TRUE(page.str() == explain_all()) << path << " is older: run scripts/generate-docs";
}

}  // namespace
}  // namespace batchmill::pipeline
