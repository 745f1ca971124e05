#include "cli/query.h"

#include <nlohmann/json.hpp>

namespace batchmill::cli {
namespace {

using Json = nlohmann::ordered_json;

struct QueryCase {
  const char* query;
  const char* value;
  const char* expected;
};

class QueryTest : public testing::TestWithParam<QueryCase> {};

TEST_P(QueryTest, Selects) {
  const auto result = run_query(GetParam().query, Json::parse(GetParam().value));
  ASSERT_TRUE(result.has_value()) << GetParam().query << ": " << result.error().message;
  EXPECT_EQ(result->dump(), Json::parse(GetParam().expected).dump()) << GetParam().query;
}

constexpr const char* kJobs = R"([
  {"name": "a", "status": "Failed", "n": 3, "tags": {"x": 1}},
  {"name": "b", "status": "Completed", "n": 1, "tags": {"x": 2}},
  {"name": "c", "status": "Completed", "n": 2}])";

INSTANTIATE_TEST_SUITE_P(
    Table, QueryTest,
    testing::Values(
        QueryCase{"name", R"({"name": "x"})", R"("x")"},
        QueryCase{"nothing", R"({"name": "x"})", "null"},
        QueryCase{"a.b.c", R"({"a": {"b": {"c": 7}}})", "7"},
        QueryCase{R"("odd key".x)", R"({"odd key": {"x": 1}})", "1"},
        QueryCase{R"(properties."azureml.isreused")",
                  R"({"properties": {"azureml.isreused": "true"}})", R"("true")"},
        QueryCase{"[0].name", kJobs, R"("a")"}, QueryCase{"[-1].name", kJobs, R"("c")"},
        QueryCase{"[9].name", kJobs, "null"}, QueryCase{"[].name", kJobs, R"(["a", "b", "c"])"},
        QueryCase{"[*].tags.x", kJobs, "[1, 2]"}, QueryCase{"[1:].name", kJobs, R"(["b", "c"])"},
        QueryCase{"[::-1].name", kJobs, R"(["c", "b", "a"])"},
        QueryCase{"[?status=='Completed'].name", kJobs, R"(["b", "c"])"},
        QueryCase{"[?status!='Completed'].name | [0]", kJobs, R"("a")"},
        QueryCase{"[?n > `1`].n", kJobs, "[3, 2]"},
        QueryCase{"[?n > `1` && status=='Completed'].name", kJobs, R"(["c"])"},
        QueryCase{"[?!tags].name", kJobs, R"(["c"])"},
        QueryCase{"[?status=='Failed' || n==`1`].name", kJobs, R"(["a", "b"])"},
        QueryCase{"[?contains(name, 'b')].name", kJobs, R"(["b"])"},
        QueryCase{"[].{z:name, a:n} | [0]", kJobs, R"({"z": "a", "a": 3})"},
        QueryCase{"[].[name, n] | [1]", kJobs, R"(["b", 1])"}, QueryCase{"length(@)", kJobs, "3"},
        QueryCase{"sort_by(@, &n)[].name", kJobs, R"(["b", "c", "a"])"},
        QueryCase{"max([].n)", kJobs, "3"}, QueryCase{"[].n | sort(@)", kJobs, "[1, 2, 3]"},
        QueryCase{"join('-', [].name)", kJobs, R"("a-b-c")"},
        QueryCase{"a.*.x", R"({"a": {"p": {"x": 1}, "q": {"x": 2}}})", "[1, 2]"},
        QueryCase{"*", R"({"a": 1, "b": null, "c": 3})", "[1, 3]"},
        QueryCase{"[]", "[[1, 2], 3, [4]]", "[1, 2, 3, 4]"},
        QueryCase{"[][]", "[[1, [2]], 3]", "[1, 2, 3]"},
        QueryCase{"a[0].b[*].c | [0]", R"({"a": [{"b": [{"c": 5}]}]})", "5"},
        QueryCase{"a || b", R"({"a": "", "b": 2})", "2"},
        QueryCase{"not_null(a, b)", R"({"b": 2})", "2"}, QueryCase{"'raw'", "{}", R"("raw")"},
        QueryCase{"`text`", "{}", R"("text")"},
        QueryCase{"{n: length(a)}", R"({"a": "äö"})", R"({"n": 2})"}));

TEST(Query, ASyntaxErrorNamesItsColumn) {
  for (const auto& [query, column] :
       std::vector<std::pair<std::string, std::string>>{{"a..b", "column 3"},
                                                        {"[0", "column 3"},
                                                        {"a b", "column 3"},
                                                        {"'open", "column 1"},
                                                        {"#", "column 1"},
                                                        {"", "column 1"},
                                                        {"{a}", "column 3"},
                                                        {"a[1:2:3:4]", "column 9"}}) {
    const auto result = check_query(query);
    ASSERT_FALSE(result.has_value()) << query;
    EXPECT_THAT(result.error().message, testing::HasSubstr(column)) << query;
  }
}

TEST(Query, FunctionsComplainByName) {
  EXPECT_THAT(run_query("lenght(@)", Json::array()).error().message,
              testing::HasSubstr("write 'length'"));
  EXPECT_THAT(run_query("length(@, @)", Json::array()).error().message,
              testing::HasSubstr("takes 1 argument, not 2"));
  EXPECT_THAT(run_query("length(`1`)", Json::array()).error().message,
              testing::HasSubstr("length() wants"));
}

TEST(Query, DeepNestingIsAnErrorNotACrash) {
  const std::string deep(100'000, '(');
  EXPECT_FALSE(check_query(deep).has_value());
}

}  // namespace
}  // namespace batchmill::cli
