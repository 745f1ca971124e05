#include "pipeline/diagnostic_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "model/catalogue.h"

namespace batchmill::pipeline {
namespace {

using nlohmann::json;

json rendered(const std::vector<Diagnostic>& diagnostics) {
  return json::parse(render_json(diagnostics, "/w"));
}

TEST(RenderJson, IsTheObjectOfTheReference) {
  const yaml::Document document = yaml::parse("p.yml", "mini_batch_sise: 5\n");
  const std::vector<std::string> keys = {"mini_batch_size"};
  const Diagnostic d = diagnose(105, SourcePlace{"p.yml", 24, 5, 20})
                           .with("k", "mini_batch_sise")
                           .with("kind", "a parallel step")
                           .at("jobs.score.mini_batch_sise")
                           .found("mini_batch_sise")
                           .value(document.root().find("mini_batch_sise"))
                           .allowed(keys)
                           .near(keys);
  EXPECT_EQ(rendered({d}), json::parse(R"({"result": "Failed", "errors": [{
      "code": "BM105", "message": "unknown key 'mini_batch_sise' in a parallel step",
      "path": "jobs.score.mini_batch_sise", "value": 5, "location": "/w/p.yml#line 24",
      "file": "/w/p.yml", "line": 24, "column": 5, "end_column": 20,
      "allowed": ["mini_batch_size"], "suggestions": ["mini_batch_size"],
      "help": "write 'mini_batch_size'"}]})"));
}

TEST(RenderJson, OfNothingIsSuccess) {
  EXPECT_EQ(rendered({}), json::parse(R"({"result": "Succeeded"})"));
}

TEST(RenderJson, SortsByLevel) {
  const json result = rendered({diagnose(110, SourcePlace{"/x/p.yml", 1, 1, 2}).build(),
                                diagnose(7, SourcePlace{}).build()});
  EXPECT_EQ(result["result"], "Succeeded");
  EXPECT_FALSE(result.contains("errors"));
  EXPECT_EQ(result["warnings"][0]["file"], "/x/p.yml");
  EXPECT_EQ(result["notices"][0]["code"], "BM007");
  EXPECT_FALSE(result["notices"][0].contains("line"));
}

TEST(RenderJson, KeepsArgumentsAsPlaces) {
  const json result = rendered({diagnose(407, SourcePlace{"--set a=b", 0, 3, 4}).build()});
  EXPECT_EQ(result["errors"][0]["location"], "--set a=b");
  EXPECT_EQ(result["errors"][0]["column"], 3);
}

TEST(RenderJson, HasNotesWithPlaces) {
  const json result = rendered(
      {diagnose(104, SourcePlace{"p.yml", 1, 1, 2}).note({"q.yml", 2, 1, 2}, "written here")});
  EXPECT_EQ(result["errors"][0]["notes"][0]["location"], "/w/q.yml#line 2");
  EXPECT_EQ(result["errors"][0]["notes"][0]["message"], "written here");
}

TEST(RenderJson, SurvivesBytesThatAreNotUtf8) {
  Diagnostic d = diagnose(104, SourcePlace{"p.yml", 1, 1, 2});
  d.found = "\xFF";
  EXPECT_EQ(rendered({d})["errors"][0]["value"], "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace batchmill::pipeline
