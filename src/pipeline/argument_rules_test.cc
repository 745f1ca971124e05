#include <gmock/gmock.h>

#include "model/plan.h"
#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"
#include "pipeline/expand.h"

// The parsing rules of program arguments, one after the other (parallel-job.md 2.4).
namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Checked {
  std::vector<int> codes;
  ParallelSpec spec;
};

Checked check(const std::string& arguments, const std::string& bound = "1",
              const std::string& inputs = "") {
  std::string text = parallel_step("", arguments, bound);
  if (!inputs.empty()) {
    const std::string old = "    inputs: {data: \"${{parent.inputs.raw}}\"";
    text.replace(text.find(old), old.size(), old + ", " + inputs);
  }
  const CheckResult result = check_pipeline(request_for_tests(), files_with(text));
  Checked checked;
  for (const Diagnostic& diagnostic : result.diagnostics) checked.codes.push_back(diagnostic.code);
  if (result.plan) checked.spec = std::get<ParallelSpec>(result.plan->steps.at(0).spec);
  return checked;
}

TEST(Spec2_4_1, LiteralsArePutInBeforeTheArgumentsAreRead) {
  EXPECT_EQ(check("--error_threshold ${{inputs.n}}", "7", "n: \"${{parent.inputs.bound}}\"")
                .spec.error_threshold.value,
            7);
  EXPECT_EQ(check("${{inputs.more}}", "1", "more: --error_threshold 9").spec.error_threshold.value,
            9);
  EXPECT_THAT(check("--error_threshold ${{inputs.n}}", "1", "n: many").codes, ElementsAre(407))
      << "and checked as what they are";
}

TEST(Spec2_4_1, PathsArePutInWhenTheStepRuns) {
  const Bindings bindings{{{"data", "/in/my data"}}, {{"rows", "/out"}}, {}};
  EXPECT_THAT(*expand_arguments("--in ${{inputs.data}} --out=${{outputs.rows}}/x", bindings),
              ElementsAre("--in", "/in/my data", "--out=/out/x"));
}

TEST(Spec2_4_1, ABracketWithoutValueIsDroppedAsAWhole) {
  EXPECT_THAT(*expand_arguments("a $[[--x 'b c' ${{inputs.none}} --y]] d", Bindings()),
              ElementsAre("a", "d"));
}

TEST(Spec2_4_2, SplitsLikeAShellAndExpandsNothing) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"a  b\tc", {"a", "b", "c"}},
      {"'a b' \"c d\" e\\ f", {"a b", "c d", "e f"}},
      {"--x='a b'", {"--x=a b"}},
      {"a''b \"\"", {"ab", ""}},
      {"'it'\\''s'", {"it's"}},
      {"\"a \\\"b\\\" \\n\"", {"a \"b\" \\n"}},
      {"$HOME `ls` *.csv ~ a;b a|b #x", {"$HOME", "`ls`", "*.csv", "~", "a;b", "a|b", "#x"}},
  };
  for (const auto& [text, words] : cases) {
    EXPECT_EQ(*expand_arguments(text, Bindings()), words) << text;
  }
  EXPECT_THAT(check("--name 'a b").codes, ElementsAre(511));
}

TEST(Spec2_4_3, WhatTheEngineDoesNotKnowIsTheScripts) {
  EXPECT_THAT(check("--model m -v --timeout x positional -- --more").codes, IsEmpty());
  EXPECT_THAT(check("--output /x --client_sdk_version 1 --scoring_module_name x").codes, IsEmpty());
}

TEST(Spec2_4_4, TheScriptGetsAllOfThem) {
  const std::string text =
      "--error_threshold 5 --resource_monitor_interva 9 --own x --append_row_format csv";
  const ParallelSpec spec = check(text).spec;
  EXPECT_EQ(spec.program_arguments, "--own x " + text);
  EXPECT_THAT(*expand_arguments(spec.program_arguments, Bindings()),
              ElementsAre("--own", "x", "--error_threshold", "5", "--resource_monitor_interva", "9",
                          "--own", "x", "--append_row_format", "csv"));
}

TEST(Spec2_4_5, ABeginningOfAtLeastEightyPercentIsHonouredWithAWarning) {
  const Checked article = check("--resource_monitor_interva 20");
  EXPECT_EQ(article.spec.resource_monitor_interval_seconds.value, 20);
  EXPECT_THAT(article.codes, ElementsAre(4));
  const Checked least = check("--resource_monitor_int 20");  // 20 of 25 letters
  EXPECT_EQ(least.spec.resource_monitor_interval_seconds.value, 20);
  const Checked less = check("--resource_monitor_in 20");
  EXPECT_EQ(less.spec.resource_monitor_interval_seconds.value, 600);
  EXPECT_THAT(less.codes, IsEmpty());
}

TEST(Spec2_4_5, ABeginningOfSeveralArgumentsIsNoneOfThem) {
  // Of append_row_format, more than 80 %, and of nothing else.
  EXPECT_EQ(check("--append_row_forma csv").spec.append_row_format.value, "csv");
  // allowed_failed_count and allowed_failed_percent share 15 letters: too short for both.
  EXPECT_THAT(check("--allowed_failed_ 5").codes, IsEmpty());
}

TEST(Spec2_4_5, AnythingElseIsPassedOnUntouched) {
  const Checked misspelt = check("--eror_threshold 3");
  EXPECT_FALSE(misspelt.spec.error_threshold.is_explicit());
  EXPECT_THAT(misspelt.codes, ElementsAre(5)) << "a notice names the engine's";
  EXPECT_FALSE(check("--Error_Threshold 3").spec.error_threshold.is_explicit());
  EXPECT_FALSE(check("-error_threshold 3").spec.error_threshold.is_explicit());
}

TEST(Spec2_4_6, BooleansHaveAValueInAnyOfTheUsualSpellings) {
  for (const char* yes : {"True", "true", "TRUE", "1", "yes", "Yes", "on"}) {
    EXPECT_TRUE(check(std::string("--allow_empty_input ") + yes).spec.allow_empty_input.value)
        << yes;
    EXPECT_TRUE(check(std::string("--allow_empty_input=") + yes).spec.allow_empty_input.value)
        << yes;
  }
  for (const char* no : {"False", "false", "FALSE", "0", "no", "NO", "off"}) {
    const Checked checked = check(std::string("--copy_logs_to_parent ") + no);
    EXPECT_FALSE(checked.spec.copy_logs_to_parent.value) << no;
    EXPECT_TRUE(checked.spec.copy_logs_to_parent.is_explicit()) << no;
  }
  EXPECT_THAT(check("--allow_empty_input").codes, ElementsAre(407));
  EXPECT_THAT(check("--allow_empty_input --x").codes, ElementsAre(407));
  EXPECT_THAT(check("--allow_empty_input 2").codes, ElementsAre(407));
}

TEST(Spec2_4, TheLastOfSeveralWinsWithAWarning) {
  const Checked twice = check("--error_threshold 1 --error_threshold 2");
  EXPECT_EQ(twice.spec.error_threshold.value, 2);
  EXPECT_THAT(twice.codes, ElementsAre(512));
}

}  // namespace
}  // namespace batchmill::pipeline
