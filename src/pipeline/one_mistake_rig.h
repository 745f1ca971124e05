#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"

// One mistake per case: an edit of a right file, with the expected place in a comment below it.
// Exactly the expected diagnostics must appear.
namespace batchmill::pipeline {

using Edits = std::vector<std::pair<std::string, std::string>>;

struct Case {
  std::string name;
  Edits edits;
};
inline void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

inline std::string case_name(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

class OneMistake : public ::testing::TestWithParam<Case> {
 protected:
  static void expect_it_at_its_place_and_alone() {
    const std::string text = edited(GetParam().edits);
    const fakes::MemoryFiles files = files_with(text);
    const CheckResult result = check_pipeline(request_for_tests(), files);
    EXPECT_EQ(summary(result.diagnostics), expectations(text))
        << text << "\n"
        << render_text(result.diagnostics, result.sources, {});
    EXPECT_EQ(result.plan.has_value(), !has_errors(result.diagnostics));
    for (const Diagnostic& diagnostic : result.diagnostics) {
      EXPECT_FALSE(diagnostic.message.empty());
      EXPECT_EQ(diagnostic.message.find("{k"), std::string::npos) << "an unfilled placeholder";
      EXPECT_EQ(diagnostic.place.file, "pipeline.yml");
    }
  }
};

}  // namespace batchmill::pipeline
