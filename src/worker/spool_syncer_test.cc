#include "worker/spool_syncer.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/asio_loop.h"

namespace batchmill {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(SpoolSyncer, AnswersInOrderOnTheLoopsThread) {
  std::string folder = (fs::temp_directory_path() / "batchmill-sync-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string spool = folder + "/0";
  std::ofstream(spool) << "rows\n";
  AsioLoop loop;
  SpoolSyncer syncer(loop);
  const auto here = std::this_thread::get_id();
  std::vector<int> answers;
  for (int i = 0; i < 5; ++i) {
    syncer.sync(spool, [&, i](const Result<void>& outcome) {
      EXPECT_TRUE(outcome);
      EXPECT_EQ(std::this_thread::get_id(), here);
      answers.push_back(i);
    });
  }
  syncer.sync(folder + "/missing", [&](const Result<void>& outcome) {
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, HasSubstr("/missing: No such file"));
    loop.stop();
  });
  loop.run();
  EXPECT_THAT(answers, ElementsAre(0, 1, 2, 3, 4));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace batchmill
