#include "worker/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::worker {
namespace {

using testing::ElementsAre;

std::vector<std::string> all(FrameReader& reader) {
  std::vector<std::string> messages;
  while (auto message = *reader.next()) messages.push_back(*message);
  return messages;
}

TEST(Frames, WriteABigEndianLength) {
  EXPECT_EQ(frame("{}"), std::string("\0\0\0\2{}", 6));
  EXPECT_EQ(frame(std::string(258, 'x')).substr(0, 4), std::string("\0\0\1\2", 4));
}

TEST(Frames, SurviveEverySplit) {
  const std::string bytes = frame("one") + frame("") + frame(std::string(300, 'x')) + frame("end");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    FrameReader reader;
    std::vector<std::string> messages;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      reader.feed(std::string_view(bytes).substr(at, step));
      for (std::string& message : all(reader)) messages.push_back(std::move(message));
    }
    EXPECT_THAT(messages, ElementsAre("one", "", std::string(300, 'x'), "end")) << step;
  }
}

TEST(Frames, RefuseAnImpossibleLength) {
  FrameReader reader;
  reader.feed("\xff\xff\xff\xff");
  const auto message = reader.next();
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().kind, ErrorKind::kProtocol);
}

}  // namespace
}  // namespace batchmill::worker
