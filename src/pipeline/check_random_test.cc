#include <random>

#include <gtest/gtest.h>

#include "base/text.h"
#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"
#include "pipeline/plan_json.h"

// Whatever stands in the file: no crash, every problem has a code and a place in the file, and a
// plan exists exactly if there is no error.
namespace batchmill::pipeline {
namespace {

const char kComponent[] =
    "command: python clean.py $[[${{inputs.limit}}]] ${{inputs.src}} ${{outputs.dst}}\n"
    "code: ./src\n"
    "environment: e\n"
    "environment_variables: {LEVEL: a, MORE: b}\n"
    "limits: {timeout: 7}\n"
    "inputs:\n"
    "  src: {type: uri_folder}\n"
    "  limit: {type: integer, optional: true, max: 10}\n"
    "outputs:\n"
    "  dst: {type: uri_folder}\n";

void check_anything(const std::string& text) {
  fakes::MemoryFiles files = files_with(text);
  files.put("/w/component.yml", kComponent);
  const CheckResult result = check_pipeline(request_for_tests(), files);
  const auto lines = static_cast<int>(split(text, '\n').size());
  for (const Diagnostic& diagnostic : result.diagnostics) {
    ASSERT_GT(diagnostic.code, 0);
    ASSERT_FALSE(diagnostic.message.empty());
    if (diagnostic.place.file == "component.yml") continue;
    ASSERT_EQ(diagnostic.place.file, "pipeline.yml") << diagnostic.message;
    ASSERT_GE(diagnostic.place.line, 1) << diagnostic.message << "\n" << text;
    ASSERT_LE(diagnostic.place.line, lines + 1) << diagnostic.message << "\n" << text;
    ASSERT_GE(diagnostic.place.column, 1);
  }
  ASSERT_EQ(result.plan.has_value(), !has_errors(result.diagnostics)) << text;
  if (result.plan) {
    ASSERT_TRUE(plan_from_json(plan_to_json(*result.plan)).has_value());
  }
}

class RandomFiles : public ::testing::Test {
 protected:
  RandomFiles() : seed_(std::random_device{}()), random_(seed_) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }

  unsigned seed_;
  std::mt19937 random_;
};

// Words of the language in places where they do not belong.
TEST_F(RandomFiles, WithExchangedWordsAreChecked) {
  SCOPED_TRACE(seed_);
  const std::vector<std::string> words = {"type",
                                          "pipeline",
                                          "jobs",
                                          "inputs",
                                          "outputs",
                                          "path",
                                          "mode",
                                          "direct",
                                          "~",
                                          "[]",
                                          "{}",
                                          "[a, b]",
                                          "{a: b}",
                                          "yes",
                                          "-1",
                                          "1e400",
                                          "${{parent.inputs.raw}}",
                                          "${{inputs.data}}",
                                          "${{parent.jobs.clean.outputs.dst}}",
                                          "${{parent.jobs.score.inputs.data}}",
                                          "${{",
                                          "}}",
                                          "$[[--x ${{inputs.limit}}]]",
                                          "azureml:",
                                          "azureml://datastores/",
                                          "*a",
                                          "&a",
                                          "<<",
                                          "|",
                                          ">",
                                          "'",
                                          "\"",
                                          "# x",
                                          "parallel",
                                          "command",
                                          "task",
                                          "component",
                                          "./component.yml",
                                          "pipeline.yml",
                                          "mltable",
                                          "\xc3\xa9",
                                          "99999999999999999999",
                                          "2024-01-31",
                                          "--error_threshold",
                                          "x-y"};
  for (int round = 0; round < 3000; ++round) {
    std::string text = kPipeline;
    if (below(2) == 0) text.insert(text.find("    limits: "), "    component: ./component.yml\n");
    for (std::size_t edit = 1 + below(4); edit > 0; --edit) {
      const std::string separators = " \n:,{}";
      const auto begin = text.find_first_not_of(separators, below(text.size()));
      if (begin == std::string::npos) continue;
      const auto end = std::min(text.find_first_of(separators, begin), text.size());
      text.replace(begin, end - begin, words[below(words.size())]);
    }
    ASSERT_NO_FATAL_FAILURE(check_anything(text)) << "seed " << seed_ << " round " << round;
  }
}

TEST_F(RandomFiles, WithLostAndDoubledLinesAreChecked) {
  SCOPED_TRACE(seed_);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> lines;
    for (const std::string_view line : split(kPipeline, '\n')) {
      const std::size_t dice = below(12);
      if (dice == 0) continue;
      lines.emplace_back(line);
      if (dice == 1) lines.emplace_back(line);
      if (dice == 2) lines.back().insert(0, "  ");
    }
    ASSERT_NO_FATAL_FAILURE(check_anything(join(lines, "\n")))
        << "seed " << seed_ << " round " << round;
  }
}

TEST_F(RandomFiles, OfRandomBytesAreChecked) {
  SCOPED_TRACE(seed_);
  for (int round = 0; round < 2000; ++round) {
    std::string text = kPipeline;
    for (std::size_t edit = 1 + below(8); edit > 0; --edit) {
      text[below(text.size())] = static_cast<char>(below(256));
    }
    ASSERT_NO_FATAL_FAILURE(check_anything(text)) << "seed " << seed_ << " round " << round;
  }
}

}  // namespace
}  // namespace batchmill::pipeline
