#include "pipeline/expand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Bindings kBindings = {{{"data", "/w/my data"}, {"limit", "10"}, {"words", "a 'b c'"}},
                            {{"out", "/w/out"}},
                            {"limit", "words"}};

TEST(Expand, PutsValuesInWithoutQuotes) {
  EXPECT_EQ(*expand("cat ${{inputs.data}} > ${{ outputs.out }}/x", kBindings),
            "cat /w/my data > /w/out/x");
  EXPECT_EQ(*expand("${{inputs.data.path}}", kBindings), "/w/my data");
  EXPECT_EQ(*expand("no expression, $HOME", kBindings), "no expression, $HOME");
}

TEST(Expand, KeepsASegmentOnlyIfItsInputsHaveValues) {
  EXPECT_EQ(*expand("run$[[ --limit ${{inputs.limit}}]] end", kBindings), "run --limit 10 end");
  EXPECT_EQ(*expand("run$[[ --seed ${{inputs.seed}}]] end", kBindings), "run end");
  EXPECT_EQ(
      *expand("run$[[ ${{inputs.limit}} ${{inputs.seed}}]]$[[ ${{inputs.limit}}]]", kBindings),
      "run 10");
}

TEST(Expand, NamesWhatHasNoValue) {
  EXPECT_THAT(expand("a ${{inputs.seed}}", kBindings).error().message,
              HasSubstr("${{inputs.seed}}"));
  EXPECT_THAT(expand("$[[${{outputs.seed}}]]", kBindings).error().message,
              HasSubstr("${{outputs.seed}}"));
  EXPECT_THAT(expand("${{parent.inputs.limit}}", kBindings).error().message,
              HasSubstr("cannot be used here"));
  EXPECT_FALSE(expand("${{inputs.limit", kBindings).has_value());
}

TEST(ExpandArguments, SplitsTextAndLiteralsButNoPaths) {
  EXPECT_THAT(
      *expand_arguments("--in ${{inputs.data}} --n=${{inputs.limit}} '' \"x y\"", kBindings),
      ElementsAre("--in", "/w/my data", "--n=10", "", "x y"));
  EXPECT_THAT(*expand_arguments("${{inputs.words}}", kBindings), ElementsAre("a", "b c"));
  EXPECT_THAT(*expand_arguments("'${{inputs.data}}/x'", kBindings), ElementsAre("/w/my data/x"));
  EXPECT_THAT(*expand_arguments("--a$[[ --b ${{inputs.none}}]] --c", kBindings),
              ElementsAre("--a", "--c"));
  EXPECT_FALSE(expand_arguments("--a 'b", kBindings).has_value());
}

}  // namespace
}  // namespace batchmill::pipeline
